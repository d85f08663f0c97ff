import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdir, mkdtemp, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import type { FoundPackage, LockQuestion } from "../../src/packages/lock/lock-resolver.js";
import { npmLock } from "../../src/packages/lock/npm-lock.js";
import { packNpm, startNpmRegistry } from "../support/npm-registry.js";
import { removeTree } from "../support/remove-tree.js";
import type { StaticServer } from "../support/static-server.js";
import { assert, suite } from "../support/suite.js";

/* The script that normally runs in an image, run directly: it needs only node and npm. */
const test = suite("npm lock");
const execute = promisify(execFile);
let directory: string;
let registry: StaticServer;

const PACKAGES = [
  ["words", "1.0.0"],
  ["words", "1.1.0"],
  ["words", "2.0.0"],
  ["greeting", "1.0.0", { words: "^1.0.0", "@scope/tool": "*" }],
  ["greeting", "1.1.0", { words: "^1.0.0", "@scope/tool": "*" }],
  ["@scope/tool", "3.0.0", { words: "2.x" }],
  ["scope-tool", "3.0.0"],
] as const;

test.before(async () => {
  directory = await mkdtemp(join(tmpdir(), "slipway-npm-lock-"));
  registry = await startNpmRegistry(PACKAGES);
});
test.after(async () => {
  await registry.stop();
  await removeTree(directory);
});

async function resolve(name: string, request: LockQuestion): Promise<readonly FoundPackage[]> {
  const dir = join(directory, name);
  await mkdir(join(dir, "files"), { recursive: true });
  for (const [file, text] of Object.entries(npmLock.inputs(request))) await writeFile(join(dir, file), text);
  const env = {
    PATH: process.env.PATH,
    HOME: directory,
    npm_config_registry: `${registry.url}/`,
    npm_config_cache: join(directory, "cache"),
    npm_config_userconfig: join(directory, "npmrc"),
    dir,
  };
  await execute("/bin/sh", ["-euc", npmLock.script], { env });
  const found = npmLock.read(await readFile(join(dir, "report"), "utf8"), request);
  if (!found.ok) throw new Error(found.message);
  for (const entry of found.packages) {
    const hex = createHash("sha512")
      .update(await readFile(join(dir, entry.path)))
      .digest("hex");
    assert.is(entry.expected?.hex, hex, entry.name);
  }
  return found.packages;
}

const versions = (packages: readonly FoundPackage[]) =>
  packages.map(({ name, version }) => `${name}@${version}`).sort();

test("requested packages come with all dependencies, each version once, and the files are the registry's", async () => {
  const asked = [
    { name: "greeting", argument: "greeting@1.*" },
    { name: "scope-tool", argument: "scope-tool" },
  ];
  const found = await resolve("plain", { requested: asked, kept: [] });
  assert.equal(versions(found), [
    "@scope/tool@3.0.0",
    "greeting@1.1.0",
    "scope-tool@3.0.0",
    "words@1.1.0",
    "words@2.0.0",
  ]);
  assert.is(new Set(found.map(({ file }) => file)).size, 5);
  assert.equal(found.find(({ version }) => version === "2.0.0")?.why, ["@scope/tool"]);
  assert.is(found[0]?.expected?.hex.length, 128);
  assert.match(packNpm("words", "2.0.0").integrity, /^sha512-/);
});

test("versions stay if the packages that need them allow it", async () => {
  const asked = [{ name: "greeting", argument: "greeting@1.*", keptArgument: "greeting@1.0.0" }];
  const kept = [
    { name: "greeting", version: "1.0.0" },
    { name: "words", version: "1.0.0" },
  ];
  assert.equal(versions(await resolve("kept", { requested: asked, kept })), [
    "@scope/tool@3.0.0",
    "greeting@1.0.0",
    "words@1.0.0",
    "words@2.0.0",
  ]);
});

test("a package manifest is resolved by its ranges, and kept versions stay within them", async () => {
  const manifest = {
    "package.json": JSON.stringify({ name: "app", version: "1.0.0", dependencies: { greeting: "^1.0.0" } }),
  };
  const asked = [{ name: "greeting" }];
  assert.ok(versions(await resolve("free", { requested: asked, kept: [], manifest })).includes("greeting@1.1.0"));
  const kept = [
    { name: "greeting", version: "1.0.0" },
    { name: "words", version: "1.0.0" },
  ];
  const found = await resolve("manifest", { requested: asked, kept, manifest });
  assert.equal(versions(found), ["@scope/tool@3.0.0", "greeting@1.0.0", "words@1.0.0", "words@2.0.0"]);
  assert.equal(found.find(({ name }) => name === "greeting")?.why, []);
});

test("a missing package fails with npm's reason as the last line", async () => {
  const asked = [{ name: "words", argument: "words@9.*" }];
  const said = await resolve("failing", { requested: asked, kept: [] }).catch(
    (error: { stderr: string }) => error.stderr,
  );
  assert.match(String(said).trimEnd().split("\n").at(-1) ?? "", /No matching version found for words@9/);
});

test.run();
