import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { chmod, mkdir, mkdtemp } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { bootstrap } from "../../src/run/bootstrap.js";
import { archiveAccess } from "../support/archive-access.js";
import { imageName } from "../support/definitions.js";
import { removeTree } from "../support/remove-tree.js";
import { assert, suite } from "../support/suite.js";

/** As little as dpkg configures: the whole of Debian takes twice as long. */
const PACKAGES =
  "base-files base-passwd coreutils dash debianutils diffutils dpkg grep libc-bin mawk perl-base sed tar".split(" ");

/*
 * apt works as another user where that user can reach the new root file system. A state directory below a home that is closed to others
 * must give the same bytes all the same.
 */
const test = suite("the place of a bootstrap");
let directory = "";

test.before(async () => {
  // Not below the temporary directory of the tests, which is closed to others itself.
  directory = await mkdtemp("/var/tmp/slipway-bootstrap-");
  await chmod(directory, 0o755);
});
test.after(() => removeTree(directory));

/** The hash of the archive that is made in a directory of this mode. */
async function madeBelow(mode: number): Promise<string> {
  const home = join(directory, mode.toString(8));
  const context = `${home}/context`;
  await mkdir(context, { recursive: true });
  await chmod(home, mode);
  const spec = { manager: "apt", suite: "bookworm", variant: "custom", packages: PACKAGES } as const;
  await bootstrap(spec, context, {
    name: imageName("base"),
    log: `${home}/log`,
    signal: new AbortController().signal,
    aptSources: archiveAccess().SLIPWAY_APT_SOURCES,
    yumRepos: undefined,
    caBundle: undefined,
  });
  const hash = createHash("sha256");
  await pipeline(createReadStream(`${context}/rootfs.tar`), hash);
  return hash.digest("hex");
}

test("has no influence on its bytes", async () => {
  assert.is(await madeBelow(0o700), await madeBelow(0o755));
});

test.run();
