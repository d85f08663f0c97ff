import type { LockedPackage } from "../../src/model/lock.js";
import type { Digest } from "../../src/model/names.js";
import type { StoredImage } from "../../src/run/runner.js";
import { archiveAccess } from "../support/archive-access.js";
import { copyToDirectory, publishBase, SCRIPTING_BASE } from "../support/base-images.js";
import { TestCatalogue } from "../support/catalogue.js";
import { layoutTags } from "../support/layout.js";
import { DPKG, failureOf, LockedBuilds, NPM, PIP } from "../support/locked-builds.js";
import { packNpm, startNpmRegistry } from "../support/npm-registry.js";
import type { StaticServer } from "../support/static-server.js";
import { assert, suite } from "../support/suite.js";
import { type PackageIndex, startPackageIndex, wheel } from "../support/wheel.js";
import { Workspace } from "../support/workspace.js";

const test = suite("locked pip and npm");
let workspace: Workspace;
let catalogue: TestCatalogue;
let registry: StaticServer;
let index: PackageIndex;
let base: StoredImage;
const images = new Map<string, Digest>();
const locks = new Map<string, readonly LockedPackage[]>();

/** A registry address with a longer path in front of names than the public one's. */
const LOCK = {
  name: "service",
  lockfileVersion: 3,
  requires: true,
  packages: {
    "": { name: "service", dependencies: { greeting: "^1.0.0" } },
    "node_modules/greeting": {
      version: "1.0.0",
      resolved: "https://npm.example/greeting/-/greeting-1.0.0.tgz",
      integrity: packNpm("greeting", "1.0.0", { words: "^1.0.0" }).integrity,
      dependencies: { words: "^1.0.0" },
    },
    "node_modules/words": { version: "1.0.0", integrity: packNpm("words", "1.0.0").integrity },
  },
};

const files = (port: string): Readonly<Record<string, string>> => ({
  "catalog/system/debian.yaml": SCRIPTING_BASE.list.replace("}]", "}, { name: tini }]"),
  "catalog/runtime/python3.yaml":
    'kind: RuntimePackages\nlanguage: python3\npackages: [{ name: greeting, versions: ["1.*"] }]\n',
  "catalog/runtime/nodejs.yaml": `kind: RuntimePackages
language: nodejs
packages: [{ name: greeting, versions: ["1.*"] }, { name: "@scope/tool", versions: ["3.*"] }, { name: pair }]
`,
  "images/base/image.yaml": `kind: BaseImage
name: base
version: "1"
os: debian
${SCRIPTING_BASE.bootstrap}`,
  // With a system package, so that pip runs in a root that already has that package.
  "images/greeter/image.yaml": `name: greeter
version: "1"
parent: base
language: python3
system-packages: [tini]
runtime-packages: [greeting]
`,
  "images/service/image.yaml":
    'name: service\nversion: "1"\nparent: base\nlanguage: nodejs\nruntime-manifest: package.json\n',
  "images/service/package.json": JSON.stringify({ name: "service", dependencies: { greeting: "^1.0.0" } }),
  "images/service/package-lock.json": JSON.stringify(LOCK),
  "images/more/image.yaml": `name: more
version: "1"
parent: base
language: nodejs
runtime-packages: [pair]
runtime-manifest: package.json
`,
  "images/more/package.json": '{ "name": "more", "dependencies": { "@scope/tool": "3", "greeting": "1" } }\n',
  "images/curious/image.yaml": `name: curious
version: "1"
parent: base
language: python3
setup:
  - [python3, -c, "import urllib.request as r; r.urlopen('${port}')"]
`,
});

test.before(async () => {
  workspace = await Workspace.create();
  registry = await startNpmRegistry([
    ["greeting", "1.0.0", { words: "^1.0.0" }],
    ["greeting", "1.1.0", { words: "^1.0.0" }],
    ["words", "1.0.0"],
    ["words", "1.2.0"],
    ["@scope/tool", "3.0.0", { pair: "^1.0.0" }],
    ["pair", "1.4.0"],
    ["pair", "2.0.0"],
  ]);
  index = await startPackageIndex(
    "greeting",
    ["1.0", "1.1"].map((version) => wheel("greeting", version)),
  );
  catalogue = await TestCatalogue.empty(workspace, "catalogue", files(`${index.url}/greeting/`));
  const builds = await open("open");
  const published = { registry: workspace.path("registry"), env: { ...workspace.env, ...archiveAccess() } };
  await publishBase(catalogue, "base", published);
  const reference = await copyToDirectory(published.registry, "base", workspace.path("base"));
  const imageId = layoutTags(published.registry).get("base:latest")?.imageId as Digest;
  base = { imageId, pull: { reference, options: [] } };
  for (const name of ["greeter", "service", "more"]) {
    const image = await builds.build(name, { base });
    images.set(name, image);
    locks.set(name, await lockOf(builds, name, image));
  }
  await builds.close();
});
test.after(async () => {
  await close();
  await Promise.all([registry?.stop(), index?.stop()]);
  await workspace.remove();
});

const open = (name: string) => {
  const env = { ...archiveAccess(), PIP_INDEX_URL: index.url, npm_config_registry: `${registry.url}/` };
  return LockedBuilds.open({ workspace, catalogue: catalogue.directory, name, env });
};

/** The builds of most tests, open from the first to the last: fetching the base takes longer than they do. */
let opened: LockedBuilds | undefined;

async function locked(): Promise<LockedBuilds> {
  opened ??= await open("locked");
  return opened;
}

async function close(): Promise<void> {
  await opened?.close();
  opened = undefined;
}

/** The packages that an image adds to its base. */
async function lockOf(builds: LockedBuilds, own: string, image: Digest): Promise<LockedPackage[]> {
  const directory = workspace.path("files");
  const { imageId } = base;
  const lock: LockedPackage[] = [];
  for (const [manager, command, asked] of [
    ["apt", DPKG, imageId],
    ["pip", PIP, imageId],
    ["npm", NPM, imageId],
  ] as const) {
    const rows = await builds.added(image, imageId, command);
    const packages = rows.map(([name = "", version = "", arch]) => ({ name, version, ...(arch ? { arch } : {}) }));
    const wanted = packages.filter(({ name }) => name !== own);
    if (wanted.length > 0) lock.push(...(await builds.lock(manager, asked, wanted, directory)));
  }
  return lock;
}

async function buildAll(builds: LockedBuilds): Promise<void> {
  for (const [name, image] of images) {
    assert.is(await builds.build(name, { base }, locks.get(name)), image, name);
    await builds.workshop.output(["rmi", image.slice(7)]);
  }
}

test("a locked build in an empty storage is bit for bit identical to an open one", async () => {
  const names = (name: string) => (locks.get(name) ?? []).map((entry) => `${entry.name} ${entry.version}`).sort();
  assert.equal(names("service"), ["greeting 1.0.0", "words 1.0.0"]);
  assert.equal(names("more"), ["@scope/tool 3.0.0", "greeting 1.1.0", "pair 1.4.0", "pair 2.0.0", "words 1.2.0"]);
  assert.equal(names("greeter"), ["greeting 1.1", "tini 0.19.0-1+b3"]);
  await buildAll(await locked());
});

test("with the files in the cache neither index nor registry is asked", async () => {
  await registry.stop();
  const before = registry.asked.length;
  await buildAll(await locked());
  assert.is(registry.asked.length, before);
});

test("`setup` of a locked image has no network, and the error says so, unless the catalogue allows it", async () => {
  const said = await failureOf((await locked()).build("curious", { base }, []));
  assert.match(said, /^BUILD_FAILED .*\(it is built without a network; `network: packages` in the definition/);
  await close();
  await catalogue.write("slipway.yaml", "kind: Settings\nlock: { network: host }\n");
  await (await locked()).build("curious", { base }, []);
});

test.run();
