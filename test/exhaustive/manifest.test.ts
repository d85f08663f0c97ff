import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { cp } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { archiveAccess } from "../support/archive-access.js";
import { publishBase, SCRIPTING_BASE } from "../support/base-images.js";
import { TestCatalogue } from "../support/catalogue.js";
import { layoutContent, layoutTags } from "../support/layout.js";
import { packNpm, startNpmRegistry } from "../support/npm-registry.js";
import type { StaticServer } from "../support/static-server.js";
import { assert, suite } from "../support/suite.js";
import { type PackageIndex, startPackageIndex, wheel } from "../support/wheel.js";
import { Workspace } from "../support/workspace.js";

const execute = promisify(execFile);

const test = suite("runtime-manifest");
let workspace: Workspace;
let catalogue: TestCatalogue;
let registry: StaticServer;
let index: PackageIndex;

const ASKED = { greeting: "^1.0.0" };

/** A lock file with the address of another registry, which the machine's own replaces. The machine's has newer versions of both. */
const LOCK = {
  name: "service",
  lockfileVersion: 3,
  requires: true,
  packages: {
    "": { name: "service", dependencies: ASKED },
    "node_modules/greeting": {
      version: "1.0.0",
      resolved: "https://npm.example/greeting/-/greeting-1.0.0.tgz",
      integrity: packNpm("greeting", "1.0.0", { words: "^1.0.0" }).integrity,
      dependencies: { words: "^1.0.0" },
    },
    "node_modules/words": { version: "1.0.0", integrity: packNpm("words", "1.0.0").integrity },
  },
};

const shows = (name: string, version: string) => `  - name: "${name} is found from everywhere"
    command: [sh, -c, "cd /var/lib && node -p \\"require('${name}').version\\""]
    stdout: { equals: '${name} ${version}' }
`;

test.before(async () => {
  workspace = await Workspace.create();
  registry = await startNpmRegistry([
    ["greeting", "1.0.0", { words: "^1.0.0" }],
    ["greeting", "1.1.0", { words: "^1.0.0" }],
    ["words", "1.0.0"],
    ["words", "1.2.0"],
    ["@scope/tool", "3.0.0"],
    ["pair", "1.4.0"],
    ["pair", "2.0.0"],
  ]);
  index = await startPackageIndex(
    "greeting",
    ["1.0", "1.1"].map((version) => wheel("greeting", version)),
  );
  catalogue = await TestCatalogue.empty(workspace, "catalogue", {
    "catalog/system/debian.yaml": SCRIPTING_BASE.list,
    "catalog/runtime/python3.yaml":
      'kind: RuntimePackages\nlanguage: python3\npackages: [{ name: greeting, versions: ["1.0"] }]\n',
    "catalog/runtime/nodejs.yaml": `kind: RuntimePackages
language: nodejs
packages: [{ name: greeting, versions: ["1.*"] }, { name: "@scope/tool", versions: ["3.*"] }, { name: pair, versions: ["1.*"] }]
`,
    "images/base/image.yaml": `kind: BaseImage
name: base
version: "1"
os: debian
${SCRIPTING_BASE.bootstrap}`,
    "images/greeter/image.yaml": `name: greeter
version: "1"
parent: base
language: python3
runtime-manifest: requirements.txt
tests:
  - command: [python3, -c, "import greeting; print(greeting.version())"]
    stdout: { equals: greeting 1.0 }
`,
    "images/greeter/requirements.txt": "# the newest\ngreeting >= 1.0\n",
    "images/service/image.yaml": `name: service
version: "1"
parent: base
language: nodejs
runtime-manifest: package.json
tests:
${shows("greeting", "1.0.0")}`,
    "images/service/package.json": JSON.stringify({ name: "service", dependencies: ASKED }, null, 2),
    "images/service/package-lock.json": JSON.stringify(LOCK, null, 2),
    "images/more/image.yaml": `name: more
version: "1"
parent: service
runtime-packages: [pair]
runtime-manifest: package.json
tests:
${shows("@scope/tool", "3.0.0")}${shows("pair", "1.4.0")}  - name: npm lists what was installed and what was linked
    command: [sh, -c, "npm ls --global --depth=0 2>&1 | sed 's/ ->.*//'"]
    stdout: { matches: "@scope/tool@3[.]0[.]0\\n.* greeting@1[.]0[.]0\\n(.*\\n)*.* pair@1[.]4[.]0" }
`,
    "images/more/package.json": '{ "dependencies": { "@scope/tool": "3" } }\n',
  });
});
test.after(async () => {
  await Promise.all([registry.stop(), index.stop()]);
  await workspace.remove();
});

const registryOf = (name: string) => workspace.path(`registry-${name}`);

const environment = (name: string) => ({
  ...workspace.env,
  ...archiveAccess(),
  SLIPWAY_STATE: workspace.path(`state-${name}`),
  PIP_INDEX_URL: index.url,
  npm_config_registry: `${registry.url}/`,
});

function build(code: number, name: string, ...images: readonly string[]) {
  const env = environment(name);
  return catalogue.expect(code, ["build", ...images, "--registry", `oci:${registryOf(name)}`], { env });
}

/** Paths in the layers of an image, one list per layer. */
async function layers(directory: string, name: string): Promise<string[][]> {
  const blob = (digest: string) => join(directory, "blobs/sha256", digest.replace("sha256:", ""));
  const { digest = "" } = layoutTags(directory).get(name) ?? {};
  const manifest = JSON.parse(readFileSync(blob(digest), "utf8")) as { layers: { digest: string }[] };
  const listed = manifest.layers.map((layer) => execute("tar", ["-tf", blob(layer.digest)], { maxBuffer: 1 << 26 }));
  return (await Promise.all(listed)).map(({ stdout }) => stdout.trimEnd().split("\n"));
}

test("a version that a range allows but no list approves fails the image before any tag", async () => {
  await publishBase(catalogue, "base", { registry: registryOf("a"), env: environment("a") });
  const { stdout } = await build(1, "a", "greeter");
  assert.match(stdout, /^greeter failed: (?:not approved\n {2}\| )?.*greeting 1\.1 was installed, approved: 1\.0$/m);
  const tags = [...layoutTags(registryOf("a")).keys()];
  assert.ok(tags.includes("base:latest"));
  assert.equal(
    tags.filter((tag) => tag.startsWith("greeter:")),
    [],
  );
});

test("package manifests with and without a lock file; another storage gives the same images", async () => {
  await catalogue.write("images/greeter/requirements.txt", "greeting >= 1.0, < 1.1\n");
  // The base is bootstrapped only once, because the second machine finds it in its registry.
  await cp(registryOf("a"), registryOf("b"), { recursive: true });
  for (const name of ["a", "b"]) {
    const { stdout } = await build(0, name);
    assert.match(stdout, /^3 built, 1 unchanged in /m);
  }
  assert.equal(layoutContent(registryOf("b")), layoutContent(registryOf("a")));
});

test("packages from an image's package manifest stay unchanged in derived images", async () => {
  const [service, more] = [
    await layers(registryOf("a"), "service:latest"),
    await layers(registryOf("a"), "more:latest"),
  ];
  const brought = service.at(-1) ?? [];
  assert.ok(brought.includes("usr/local/lib/manifests/service/node_modules/greeting/index.js"));
  const added = more.slice(service.length).flat();
  assert.ok(added.includes("usr/local/lib/manifests/more/node_modules/@scope/tool/index.js"));
  assert.equal(
    added.filter((path) => /manifests\/service\/|node_modules\/(?:greeting|words)/.test(path)),
    [],
  );
});

test.run();
