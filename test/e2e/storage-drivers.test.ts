import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Attribution } from "../../src/model/attribution.js";
import type { BuildResult } from "../../src/model/plan.js";
import { TestCatalogue } from "../support/catalogue.js";
import { programsWithout } from "../support/programs.js";
import { assert, suite } from "../support/suite.js";
import { Workspace } from "../support/workspace.js";

/**
 * Buildah's driver vfs keeps whole trees, overlay only what a layer adds; the account of an image is read from either. The state
 * directories have blanks in their names, which the kernel writes in another way.
 */
const test = suite("storage drivers");
let workspace: Workspace;
let catalogue: TestCatalogue;

test.before(async () => {
  workspace = await Workspace.create();
  catalogue = await TestCatalogue.create(workspace, "catalogue", {
    // Replaces, deletes, links, and copies out of a stage and another image.
    "images/blue/image.yaml": `name: blue
version: "2.1"
parent: app
stages:
  - { name: write, parent: base, setup: [mkdir /pages && echo a > /pages/a] }
artifacts:
  - { path: run.sh, dest: /srv }
  - { image: write, path: /pages/a, target: /srv/a }
  - { image: tools, path: /etc/tools, target: /srv/copied }
setup:
  - rm /etc/app.conf && echo more >> /etc/tools && /bin/busybox ln -s /srv /opt && chmod 600 /etc/passwd
`,
    "images/blue/run.sh": "#!/bin/sh\necho blue\n",
    "images/green/image.yaml": `name: green
version: "2.1"
parent: app
setup:
  - /bin/busybox cp /bin/busybox /srv/tool && rm -r /var/lib/dpkg
`,
    "images/base/rootfs/var/lib/dpkg/status": "",
  });
});
test.after(() => workspace.remove());

/** A search path whose Buildah has no overlay. */
async function withoutOverlay(): Promise<string> {
  const programs = await programsWithout(workspace, "buildah");
  const refuse = `case " $* " in *" --storage-driver overlay "*) echo "overlay is not supported" >&2; exit 125;; esac`;
  const text = `#!/bin/sh\n${refuse}\nPATH='${process.env.PATH}' exec buildah "$@"\n`;
  writeFileSync(join(programs, "buildah"), text, { mode: 0o755 });
  return programs;
}

interface Account {
  readonly files: Readonly<Record<string, Attribution["files"]>>;
  readonly outcomes: readonly string[];
  readonly problems: readonly string[];
}

/** Without the steps watched, bytes that `setup` could have replaced are not said to be copied. */
const without = (files: Account["files"]) =>
  Object.fromEntries(
    Object.entries(files).map(([name, all]) => [name, all.map(({ origin: _, copied: __, ...file }) => file)]),
  );

/** What a build with this search path says of the images and of their files. */
async function account(driver: string, path?: string): Promise<Account> {
  const state = workspace.path(`state ${driver}`);
  const env = { ...workspace.env, ...(path === undefined ? {} : { PATH: path }), SLIPWAY_STATE: state };
  const build = ["build", "--registry", `oci:${workspace.path(`registry ${driver}`)}`];
  const { results } = await catalogue.json<{ readonly results: readonly BuildResult[] }>(build, 1, { env });
  assert.ok(readdirSync(join(state, "storage")).includes(driver), driver);
  const directory = join(state, "cache/attribution");
  const all = readdirSync(directory).map(
    (file) => JSON.parse(readFileSync(join(directory, file), "utf8")) as Attribution,
  );
  return {
    files: Object.fromEntries(all.map(({ image, files }) => [image, files] as const).sort()),
    outcomes: results.map(({ image, outcome }) => `${image} ${outcome}`).sort(),
    problems: results.flatMap((result) => ("error" in result ? (result.error?.tail ?? []) : [])),
  };
}

const originOf = ({ files }: Account, path: string) => files.blue?.find((file) => file.path === path)?.origin;

test("with vfs the same files are found and the same is refused as with overlay", async () => {
  const overlay = await account("overlay");
  assert.equal(
    overlay.outcomes,
    ["app", "base", "blue", "side", "tools"]
      .map((name) => `${name} built`)
      .concat("green failed")
      .sort(),
  );
  assert.match(overlay.problems.join("\n"), /setup-made: .*\/srv\/tool/);
  assert.match(overlay.problems.join("\n"), /package-database: .*removes \/var\/lib\/dpkg/);
  assert.is(overlay.files.blue?.length, 7);
  assert.equal(originOf(overlay, "/srv/copied"), { type: "base", image: "tools" });
  const vfs = await account("vfs", await withoutOverlay());
  assert.equal({ ...vfs, files: without(vfs.files) }, { ...overlay, files: without(overlay.files) });
  assert.equal(originOf(vfs, "/srv/run.sh"), originOf(overlay, "/srv/run.sh"));
  assert.equal(originOf(vfs, "/srv/copied"), { type: "setup" });
});

test.run();
