import { createHash } from "node:crypto";
import { cp } from "node:fs/promises";
import { gzipSync } from "node:zlib";
import { archiveAccess } from "../support/archive-access.js";
import { TestCatalogue } from "../support/catalogue.js";
import { manifestImage } from "../support/install-script.js";
import { layoutTags } from "../support/layout.js";
import { type StaticServer, startStaticServer } from "../support/static-server.js";
import { assert, suite } from "../support/suite.js";
import { Workspace } from "../support/workspace.js";

const test = suite("npm");
let workspace: Workspace;
let catalogue: TestCatalogue;
let registry: StaticServer;

interface Packed {
  readonly bytes: Buffer;
  readonly integrity: string;
}

/** A package as `npm pack` writes it: a tar archive (POSIX ustar) below `package/`. */
function pack(name: string, version: string, dependencies: Readonly<Record<string, string>> = {}): Packed {
  const files = {
    "package/package.json": JSON.stringify({ name, version, main: "index.js", dependencies }),
    "package/index.js": `exports.version = "${name} ${version}";\n`,
  };
  const blocks = Object.entries(files).flatMap(([path, text]) => {
    const header = Buffer.alloc(512);
    header.write(path, 0);
    header.write("0000644\0", 100);
    header.write("0000000\0", 108);
    header.write("0000000\0", 116);
    header.write(`${Buffer.byteLength(text).toString(8).padStart(11, "0")}\0`, 124);
    header.write("00000000000\0", 136);
    header.write("        0", 148);
    header.write("ustar\x0000", 257);
    const sum = header.reduce((total, byte) => total + byte, 0);
    header.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
    const content = Buffer.alloc(Math.ceil(Buffer.byteLength(text) / 512) * 512);
    content.write(text);
    return [header, content];
  });
  const bytes = gzipSync(Buffer.concat([...blocks, Buffer.alloc(1024)]));
  return { bytes, integrity: `sha512-${createHash("sha512").update(bytes).digest("base64")}` };
}

const DEPENDENCIES = { words: "^1.0.0" };
const PACKAGES = [
  ["greeting", "1.0.0", DEPENDENCIES],
  ["greeting", "1.1.0", DEPENDENCIES],
  ["greeting", "2.0.0", {}],
  ["words", "1.0.0", {}],
  ["@scope/tool", "3.0.0", {}],
] as const;

/** Fills the registry, whose own address is in what it says. */
function publish(files: Map<string, Buffer | string>, url: string): void {
  for (const name of new Set(PACKAGES.map(([published]) => published))) {
    const versions = PACKAGES.filter(([published]) => published === name).map(([, version, dependencies]) => {
      const { bytes, integrity } = pack(name, version, dependencies);
      const path = `/${name}/-/${name.split("/").at(-1)}-${version}.tgz`;
      files.set(path, bytes);
      return [version, { name, version, dependencies, dist: { tarball: `${url}${path}`, integrity } }] as const;
    });
    const latest = versions.at(-1)?.[0] ?? "";
    files.set(`/${name}`, JSON.stringify({ name, "dist-tags": { latest }, versions: Object.fromEntries(versions) }));
  }
}

/** One with the address of another registry, which the machine's own stands in for, the others without, as npm can write them. */
const LOCK = {
  name: "locked",
  version: "1.0.0",
  lockfileVersion: 3,
  requires: true,
  packages: {
    "": { name: "locked", version: "1.0.0", dependencies: { greeting: "^1.0.0", "@scope/tool": "*" } },
    "node_modules/@scope/tool": { version: "3.0.0", integrity: pack("@scope/tool", "3.0.0").integrity },
    "node_modules/greeting": {
      version: "1.0.0",
      resolved: "https://npm.example/greeting/-/greeting-1.0.0.tgz",
      integrity: pack("greeting", "1.0.0", DEPENDENCIES).integrity,
      dependencies: DEPENDENCIES,
    },
    "node_modules/words": { version: "1.0.0", integrity: pack("words", "1.0.0").integrity },
  },
};
const MANIFEST = { name: "locked", version: "1.0.0", dependencies: { greeting: "^1.0.0", "@scope/tool": "*" } };

const shows = (name: string, version: string) => `  - command: [node, -p, "require('${name}').version"]
    stdout: { equals: ${JSON.stringify(`${name} ${version}`)} }
`;

test.before(async () => {
  workspace = await Workspace.create();
  const files = new Map<string, Buffer | string>();
  registry = await startStaticServer(files);
  publish(files, registry.url);
  catalogue = await TestCatalogue.empty(workspace, "catalogue", {
    "catalog/system/debian.yaml": "kind: SystemPackages\nos: debian\npackages: [{ name: nodejs }, { name: npm }]\n",
    "catalog/runtime/nodejs.yaml": `kind: RuntimePackages
language: nodejs
packages:
  - { name: greeting, versions: ["1.*"] }
`,
    "images/nodejs/image.yaml": `kind: BaseImage
name: nodejs
version: "1"
os: debian
language: nodejs
bootstrap: { manager: apt, suite: bookworm, packages: [nodejs, npm] }
`,
    "images/greeter/image.yaml": `name: greeter
version: "1"
parent: nodejs
runtime-packages: [greeting]
# What derives from it runs the tests, too, and has another version.
tests:
  - command: [node, -p, "require('greeting').version"]
    stdout: { matches: "^greeting 1\\\\.[01]\\\\.0" }
`,
    "images/locked/image.yaml": `${manifestImage("npm", "locked", "greeter", ["package.json", "package-lock.json"])}tests:
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

test("packages and a lock file as it stands, from the machine's registry; another storage gives the same images", async () => {
  const [first, second] = [workspace.path("registry-a"), workspace.path("registry-b")];
  const env = (state: string) => ({
    ...workspace.env,
    ...archiveAccess(),
    SLIPWAY_STATE: workspace.path(`state-${state}`),
    npm_config_registry: `${registry.url}/`,
  });
  await catalogue.expect(0, ["build", "nodejs", "--registry", `oci:${first}`], { env: env("a") });
  // The base need be bootstrapped only once: the second machine finds it in its registry.
  await cp(first, second, { recursive: true });
  await catalogue.expect(0, ["build", "--registry", `oci:${first}`], { env: env("a") });
  await catalogue.expect(0, ["build", "--registry", `oci:${second}`], { env: env("b") });
  for (const name of ["greeter:latest", "locked:latest"]) {
    const imageId = layoutTags(first).get(name)?.imageId;
    assert.type(imageId, "string");
    assert.is(layoutTags(second).get(name)?.imageId, imageId, name);
  }
});

test.run();
