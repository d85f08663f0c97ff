import { existsSync, readdirSync, readFileSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { archiveAccess } from "../support/archive-access.js";
import { TestCatalogue } from "../support/catalogue.js";
import { layoutContent, layoutTags } from "../support/layout.js";
import { assert, suite } from "../support/suite.js";
import { buildahIn, Workspace } from "../support/workspace.js";

/**
 * Images are the same on another day, on a machine whose settings leave no trace. libfaketime moves the clock of Slipway and of everything that it starts, and, through an OCI runtime
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

/** Where the files of an image are, and its configuration. */
async function stored(day: string, image: string): Promise<{ readonly root: string; readonly config: string }> {
  const storage = workspace.path(`state-${day}/storage`);
  const imageId =
    layoutTags(workspace.path(`registry-${day}`))
      .get(`${image}:latest`)
      ?.imageId.slice(7) ?? "";
  const container = (await buildahIn(storage, "from", "--pull-never", imageId)).trim();
  const root = (await buildahIn(storage, "mount", container)).trim();
  return { root, config: await buildahIn(storage, "inspect", "--type", "image", imageId) };
}

/** The settings of a machine in a company, whose mirror is the same archive that the image names anyway. */
async function companySettings(): Promise<Record<string, string>> {
  const home = workspace.path("company-home");
  await mkdir(home);
  await writeFile(`${home}/.npmrc`, "//node.company.example/:_authToken=npm-s3cret\n");
  const bundle = workspace.path("company-ca.pem");
  await writeFile(bundle, readFileSync("/etc/ssl/certs/ca-certificates.crt"));
  const { root } = await stored("one", "base");
  const sources = workspace.path("company-sources.list");
  await writeFile(sources, `# company mirror\n${readFileSync(`${root}/etc/apt/sources.list`, "utf8")}`);
  return {
    HOME: home,
    SLIPWAY_CA_BUNDLE: bundle,
    SLIPWAY_APT_SOURCES: sources,
    // Neither is used for an archive over http.
    ftp_proxy: "http://proxy.company.example:3128",
    all_proxy: "http://user:proxy-s3cret@proxy.company.example:3128",
    TZ: "Asia/Tokyo",
    LC_ALL: "C",
  };
}

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
  const machine = { ...(await companySettings()), ...clock, PATH: `${programs}:${process.env.PATH}` };
  const second = await buildOn("two", machine);
  assert.equal(contentOf(second, false), contentOf(first, false));
  assert.not.equal(contentOf(second, true), contentOf(first, true));
});

test("the machine's settings leave no trace", async () => {
  const { root, config } = await stored("two", "app");
  for (const path of ["media/0", "media/cache", "media/ca.crt", "root/.npmrc"])
    assert.not(existsSync(`${root}/${path}`), path);
  assert.not.match(config, /s3cret|company|proxy/);
});

test.run();
