import { existsSync, readdirSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { archiveAccess } from "../support/archive-access.js";
import { TestCatalogue } from "../support/catalogue.js";
import { layoutContent } from "../support/layout.js";
import { assert, suite } from "../support/suite.js";
import { Workspace } from "../support/workspace.js";

/**
 * Images are the same on another day. libfaketime moves the clock of Slipway and of everything that it starts, and, through an OCI runtime
 * of this test, that of every command in a container. Out of its reach are Buildah, which asks the kernel by itself, and what
 * mmdebstrap runs in its new root.
 */
const test = suite("on a second day");
let workspace: Workspace;
let catalogue: TestCatalogue;

/** Debian keeps it below the directory of the architecture. */
const LIBRARY = readdirSync("/usr/lib")
  .map((name) => `/usr/lib/${name}/faketime/libfaketimeMT.so.1`)
  .find((path) => existsSync(path));
/** Into the next day, whatever the time is, and not far enough for the archive's signatures to expire. */
const LATER = "+27h";
/** Mounts the library where the container has a file system of its own, so that no mount point stays in the image. */
const RUNTIME = `#!/usr/bin/env node
const { readFileSync, writeFileSync } = require("node:fs");
const { spawnSync } = require("node:child_process");
const args = process.argv.slice(2);
if (args.includes("create")) {
  const config = JSON.parse(readFileSync("config.json", "utf8"));
  config.mounts.push({ destination: "/dev/clock.so", type: "bind", source: "${LIBRARY}", options: ["rbind", "ro"] });
  config.process.env.push("LD_PRELOAD=/dev/clock.so", "FAKETIME=${LATER}", "FAKETIME_DISABLE_SHM=1");
  writeFileSync("config.json", JSON.stringify(config));
}
const { PATH } = process.env;
process.exit(spawnSync("runc", args, { stdio: "inherit", env: { ...process.env, PATH: PATH.slice(PATH.indexOf(":") + 1) } }).status ?? 1);
`;

test.before(async () => {
  workspace = await Workspace.create();
  catalogue = await TestCatalogue.empty(workspace, "catalogue", {
    "catalog/system/debian.yaml":
      "kind: SystemPackages\nos: debian\npackages: [{ name: adduser }, { name: cron }, { name: python3-minimal }]\n",
    "images/base/image.yaml": `kind: BaseImage
name: base
version: "1"
os: debian
bootstrap: { manager: apt, suite: bookworm, variant: minbase, packages: [adduser] }
`,
    // cron makes a group, Python compiles, useradd writes the day of the last change of a password.
    "images/app/image.yaml": `name: app
version: "1"
parent: base
system-packages: [cron, python3-minimal]
setup:
  - useradd --create-home app && mkdir /srv/data && echo data > /srv/data/file
`,
    // Shows that the clock is another one.
    "images/dated/image.yaml": 'name: dated\nversion: "1"\nparent: base\nsetup: [date -u +%F > /srv/day]\n',
  });
});
test.after(() => workspace.remove());

async function buildOn(day: string, extra: Readonly<Record<string, string>>): Promise<Record<string, string>> {
  const env = { ...workspace.env, ...archiveAccess(), ...extra, SLIPWAY_STATE: workspace.path(`state-${day}`) };
  const registry = workspace.path(`registry-${day}`);
  await catalogue.expect(0, ["build", "--registry", `oci:${registry}`], { env });
  return layoutContent(registry);
}

/** Those of an image, or of all others. */
const contentOf = (all: Readonly<Record<string, string>>, isDated: boolean) =>
  Object.fromEntries(Object.entries(all).filter(([name]) => name.startsWith("dated:") === isDated));

test("packages, their scripts and setup make the same bytes", async () => {
  assert.ok(LIBRARY, "libfaketime is not installed");
  const programs = workspace.path("programs");
  await mkdir(programs);
  await writeFile(`${programs}/runc`, RUNTIME, { mode: 0o755 });
  const clock = { LD_PRELOAD: LIBRARY, FAKETIME: LATER, FAKETIME_DISABLE_SHM: "1" };
  const first = await buildOn("one", {});
  const second = await buildOn("two", { ...clock, PATH: `${programs}:${process.env.PATH}` });
  assert.equal(contentOf(second, false), contentOf(first, false));
  assert.not.equal(contentOf(second, true), contentOf(first, true));
});

test.run();
