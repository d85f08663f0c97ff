import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Attribution } from "../../src/model/attribution.js";
import type { BuildResult } from "../../src/model/plan.js";
import { archiveAccess } from "../support/archive-access.js";
import { PYTHON_BASE, publishBase } from "../support/base-images.js";
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

/** By image. */
function attributions(state: string): Account["files"] {
  const directory = join(state, "cache/attribution");
  const all = readdirSync(directory).map(
    (file) => JSON.parse(readFileSync(join(directory, file), "utf8")).value as Attribution,
  );
  return Object.fromEntries(all.map(({ image, files }) => [image, files] as const).sort());
}

/** What a build with this search path says of the images and of their files. */
async function account(driver: string, path?: string): Promise<Account> {
  const state = workspace.path(`state ${driver}`);
  const env = { ...workspace.env, ...(path === undefined ? {} : { PATH: path }), SLIPWAY_STATE: state };
  const build = ["build", "--registry", `oci:${workspace.path(`registry ${driver}`)}`];
  const { results } = await catalogue.json<{ readonly results: readonly BuildResult[] }>(build, 1, { env });
  assert.ok(readdirSync(join(state, "storage")).includes(driver), driver);
  return {
    files: attributions(state),
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
  assert.equal(vfs, overlay);
});

test("with vfs, too, what package scripts write is told from what setup writes", async () => {
  const packages = await TestCatalogue.empty(workspace, "packages", {
    "catalog/system/debian.yaml":
      "kind: SystemPackages\nos: debian\npackages: [{ name: python3 }, { name: python3-pip }, { name: jq }]\n",
    "images/python/image.yaml": PYTHON_BASE,
    "images/fine/image.yaml": `name: fine
version: "1"
parent: python
stages:
  - { name: first, parent: python, system-packages: [jq], setup: ["cp -p /usr/bin/jq /opt/other"] }
system-packages: [jq]
artifacts:
  - { image: first, path: /usr/bin/jq, target: /srv/jq }
  - { image: first, path: /opt/other, target: /srv/other }
setup: [echo data > /srv/data]
`,
    "images/forges/image.yaml": `name: forges
version: "1"
parent: python
system-packages: [jq]
setup: [echo /opt/x >> /var/lib/dpkg/info/jq.list && rm /var/lib/dpkg/info/libjq1*.list]
`,
  });
  const registry = workspace.path("registry packages");
  const env = { ...workspace.env, ...archiveAccess(), SLIPWAY_STATE: workspace.path("state packages") };
  await publishBase(packages, "python", { registry, env });
  const vfs = { ...env, PATH: await withoutOverlay() };
  const { stdout } = await packages.expect(1, ["build", "--registry", `oci:${registry}`], { env: vfs });
  assert.ok(readdirSync(workspace.path("state packages/storage")).includes("vfs"));
  assert.match(
    stdout,
    /package-database: .* `setup` writes \/var\/lib\/dpkg\/info\/jq\.list, `setup` removes .*\/libjq1/,
  );
  const made = /setup-made: .*/g;
  assert.equal(stdout.match(made), [
    "setup-made: `setup` of fine in the stage first makes something executable: /srv/other",
  ]);
  const files = attributions(workspace.path("state packages")).fine ?? [];
  assert.equal(
    files.filter(({ origin }) => origin.type === "setup").map(({ path }) => path),
    ["/srv/data", "/srv/other"],
  );
});

test.run();
