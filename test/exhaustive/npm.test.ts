import { archiveAccess } from "../support/archive-access.js";
import { publishBase, SCRIPTING_BASE } from "../support/base-images.js";
import { TestCatalogue } from "../support/catalogue.js";
import { manifestImage } from "../support/install-script.js";
import { layoutTags } from "../support/layout.js";
import { packNpm, startNpmRegistry } from "../support/npm-registry.js";
import type { StaticServer } from "../support/static-server.js";
import { assert, suite } from "../support/suite.js";
import { Workspace } from "../support/workspace.js";

const test = suite("npm");
let workspace: Workspace;
let catalogue: TestCatalogue;
let registry: StaticServer;

const DEPENDENCIES = { words: "^1.0.0" };
const PACKAGES = [
  ["greeting", "1.0.0", DEPENDENCIES],
  ["greeting", "1.1.0", DEPENDENCIES],
  ["greeting", "2.0.0", {}],
  ["words", "1.0.0", {}],
  ["@scope/tool", "3.0.0", {}],
] as const;

/** Packages of a lock file: one with the address of another registry, which the machine's own replaces, the others without one, as npm can write them. */
const LOCK = {
  name: "locked",
  version: "1.0.0",
  lockfileVersion: 3,
  requires: true,
  packages: {
    "": { name: "locked", version: "1.0.0", dependencies: { greeting: "^1.0.0", "@scope/tool": "*" } },
    "node_modules/@scope/tool": { version: "3.0.0", integrity: packNpm("@scope/tool", "3.0.0").integrity },
    "node_modules/greeting": {
      version: "1.0.0",
      resolved: "https://npm.example/greeting/-/greeting-1.0.0.tgz",
      integrity: packNpm("greeting", "1.0.0", DEPENDENCIES).integrity,
      dependencies: DEPENDENCIES,
    },
    "node_modules/words": { version: "1.0.0", integrity: packNpm("words", "1.0.0").integrity },
  },
};
const MANIFEST = { name: "locked", version: "1.0.0", dependencies: { greeting: "^1.0.0", "@scope/tool": "*" } };

const shows = (name: string, version: string) => `  - command: [node, -p, "require('${name}').version"]
    stdout: { equals: ${JSON.stringify(`${name} ${version}`)} }
`;

test.before(async () => {
  workspace = await Workspace.create();
  registry = await startNpmRegistry(PACKAGES);
  catalogue = await TestCatalogue.empty(workspace, "catalogue", {
    "catalog/system/debian.yaml": SCRIPTING_BASE.list,
    "catalog/runtime/nodejs.yaml": `kind: RuntimePackages
language: nodejs
packages:
  - { name: greeting, versions: ["1.*"] }
  - { name: "@scope/tool" }
`,
    "images/base/image.yaml": `kind: BaseImage
name: base
version: "1"
os: debian
language: nodejs
${SCRIPTING_BASE.bootstrap}`,
    "images/greeter/image.yaml": `name: greeter
version: "1"
parent: base
runtime-packages: [greeting]
# What derives from it runs the tests, too, and has another version.
tests:
  - command: [node, -p, "require('greeting').version"]
    stdout: { matches: "^greeting 1\\\\.[01]\\\\.0" }
`,
    "images/locked/image.yaml": `${manifestImage("locked", "greeter", ["package.json"])}tests:
${shows("greeting", "1.0.0")}${shows("@scope/tool", "3.0.0")}  - name: what a dependency needs is its own
    command: [sh, -c, "ls /usr/local/lib/node_modules /usr/local/lib/manifests/locked/node_modules"]
    stdout: { contains: words }
  - name: npm lists what was linked
    command: [sh, -c, "npm ls --global --depth=0 2>&1"]
    stdout: { contains: greeting@1.0.0 }
`,
    "images/locked/package.json": JSON.stringify(MANIFEST, null, 2),
    "images/locked/package-lock.json": JSON.stringify(LOCK, null, 2),
  });
});
test.after(async () => {
  await registry.stop();
  await workspace.remove();
});

test("packages and an unchanged lock file, from the machine's registry; another storage gives the same images", async () => {
  const [first, second] = [workspace.path("registry-a"), workspace.path("registry-b")];
  const env = (state: string) => ({
    ...workspace.env,
    ...archiveAccess(),
    SLIPWAY_STATE: workspace.path(`state-${state}`),
    npm_config_registry: `${registry.url}/`,
  });
  for (const registry of [first, second]) await publishBase(catalogue, "base", { registry, env: env("a") });
  await catalogue.expect(0, ["build", "--registry", `oci:${first}`], { env: env("a") });
  await catalogue.expect(0, ["build", "--registry", `oci:${second}`], { env: env("b") });
  for (const name of ["greeter:latest", "locked:latest"]) {
    const imageId = layoutTags(first).get(name)?.imageId;
    assert.type(imageId, "string");
    assert.is(layoutTags(second).get(name)?.imageId, imageId, name);
  }
});

test.run();
