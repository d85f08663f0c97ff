import { openWorkingTree } from "../src/load/working-tree.js";
import { manifestOf } from "../src/packages/manifest-of.js";
import { readManifest } from "../src/read-manifest.js";
import { folder, removeTemporary } from "./load/temporary-catalogue.js";
import { npm } from "./support/managers.js";
import { assert, suite } from "./support/suite.js";

const test = suite("read-manifest");
test.after(removeTemporary);

const MANIFEST = '{"dependencies": {"a": "^1.0.0"}}';
const LOCK = '{"lockfileVersion": 3, "packages": {"node_modules/a": {"version": "1.2.3"}}}';

async function read(files: Parameters<typeof folder>[0], path = "images/a/package.json") {
  const found = manifestOf(npm, "package.json");
  if (!found.ok) throw new Error(found.message);
  return readManifest(await openWorkingTree(await folder(files)), path, found.format);
}

test("a manifest with its lock file, and what of them goes into the image", async () => {
  const found = await read({ "images/a/package.json": MANIFEST, "images/a/package-lock.json": LOCK });
  assert.ok(found.ok);
  assert.equal(found.content.requests, [{ name: "a", version: "1.2.3", line: 1, column: 19 }]);
  assert.equal(found.paths, ["images/a/package.json", "images/a/package-lock.json"]);
  assert.is(found.source.at("/1/19").excerpt, MANIFEST);
  const alone = await read({ "images/a/package.json": MANIFEST });
  assert.ok(alone.ok);
  assert.equal([alone.paths, alone.content.requests[0]?.constraint], [["images/a/package.json"], "^1.0.0"]);
});

test("what cannot be read says so", async () => {
  const reason = async (files: Parameters<typeof folder>[0]) => {
    const found = await read(files);
    return found.ok ? "read" : `${found.path} ${found.reason}`;
  };
  assert.is(await reason({}), "images/a/package.json missing");
  assert.is(await reason({ "images/a/package.json": { link: "x" } }), "images/a/package.json not-a-file");
  assert.is(await reason({ "images/a/package.json": "x".repeat(1024 * 1024 + 1) }), "images/a/package.json too-large");
  const files = { "images/a/package.json": MANIFEST, "images/a/package-lock.json": " ".repeat(1024 * 1024 + 1) };
  assert.is(await reason(files), "images/a/package-lock.json too-large");
});

test.run();
