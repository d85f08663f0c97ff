import { execFile } from "node:child_process";
import { chmod, mkdir, mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { type NpmVersion, npmVersion, npmVersions } from "../../src/packages/npm-repository.js";
import { PROGRAM_TEXTS } from "../../src/packages/program-texts.js";
import { packNpm } from "../support/npm-registry.js";
import { removeTree } from "../support/remove-tree.js";
import { assert, suite } from "../support/suite.js";

const test = suite("integration/npm-registry-program");
const execute = promisify(execFile);
let directory: string;

/** Stands for npm: asks the registry that it is told of for paths, and prints what comes. */
const NPM = `#!${process.execPath}
const base = process.env.npm_config_registry;
(async () => {
  const words = process.argv.slice(2);
  if (words[0] === "fail") process.exit(7);
  for (const path of words) {
    const answer = await fetch(base + path);
    const text = await answer.text();
    console.log(answer.status, path, text.length > 0 && text[0] === "{" ? text.replaceAll(base, "BASE/") : text.length);
  }
  console.log(process.env.PATH.split(":").includes(${JSON.stringify("WRAPPERS")}), process.env.no_proxy, process.env["npm_config_@scope:registry"] === base);
})();
`;

test.before(async () => {
  directory = await mkdtemp(join(tmpdir(), "slipway-npm-"));
  await mkdir(join(directory, "bin"));
  await writeFile(join(directory, "bin/npm"), NPM.replace("WRAPPERS", join(directory, "wrappers")));
  await chmod(join(directory, "bin/npm"), 0o755);
  await writeFile(join(directory, "registry.js"), PROGRAM_TEXTS["npm-registry.cjs"]);
  const versions: NpmVersion[] = [];
  for (const [name, version] of [
    ["words", "1.0.0"],
    ["words", "1.2.0"],
    ["@scope/tool", "3.0.0"],
  ] as const) {
    const { bytes } = packNpm(name, version);
    const file = `${versions.length}.tgz`;
    await writeFile(join(directory, file), bytes);
    versions.push(npmVersion({ name, version, file, bytes }));
  }
  await writeFile(join(directory, "versions.json"), npmVersions(versions, new Map()));
});
test.after(() => removeTree(directory));

function npm(...words: readonly string[]) {
  const wrappers = join(directory, "wrappers");
  const env = {
    PATH: `${wrappers}:${join(directory, "bin")}`,
    "npm_config_@scope:registry": "https://npm.example/",
    no_proxy: "example.org",
  };
  return execute(process.execPath, [join(directory, "registry.js"), directory, wrappers, ...words], { env });
}

test("npm is told of a registry that has exactly the locked versions", async () => {
  const { stdout } = await npm(
    "words",
    "@scope%2ftool",
    "words/-/words-1.0.0.tgz",
    "api/npm/@scope/tool/-/tool-3.0.0.tgz",
    "express",
    "words/-/words-9.9.9.tgz",
    "..%2f..%2fetc/passwd",
  );
  const lines = stdout.trimEnd().split("\n");
  const words = JSON.parse((lines[0] ?? "").replace("200 words ", ""));
  assert.equal(words["dist-tags"], { latest: "1.2.0" });
  assert.equal(Object.keys(words.versions).sort(), ["1.0.0", "1.2.0"]);
  assert.is(words.versions["1.0.0"].dist.tarball, "BASE/words/-/words-1.0.0.tgz");
  assert.match(words.versions["1.0.0"].dist.integrity, /^sha512-/);
  assert.match(lines[1] ?? "", /^200 @scope%2ftool .*BASE\/@scope\/tool\/-\/tool-3\.0\.0\.tgz/);
  assert.match(lines[2] ?? "", /^200 words\/-\/words-1\.0\.0\.tgz \d+$/);
  assert.match(lines[3] ?? "", /^200 api\/npm\/@scope/);
  assert.match(lines[4] ?? "", /^404 express .*slipway\.lock does not have express/);
  assert.match(lines[5] ?? "", /^404 /);
  assert.match(lines[6] ?? "", /^404 /);
  assert.is(lines[7], "false example.org,127.0.0.1 true");
});

test("it ends with npm's exit code", async () => {
  const failed = await npm("fail").then(
    () => assert.unreachable("it did not fail"),
    (error: { code: number }) => error.code,
  );
  assert.is(failed, 7);
});

test.run();
