import { mkdtemp, readdir, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readCache, writeCache } from "../../src/system/cache-file.js";
import { assert, suite } from "../support/suite.js";

const test = suite("system/cache-file");
let directory: string;
let path: string;

test.before.each(async () => {
  directory = await mkdtemp(join(tmpdir(), "slipway-cache-"));
  path = join(directory, "sub", "file.json");
});
test.after.each(() => rm(directory, { recursive: true }));

const VALUE = { text: 'é "quoted" }', list: [1, null, { deep: true }] };

test("what was kept is read again, and nothing else is there", async () => {
  await writeCache(path, "kind 1", VALUE);
  assert.equal(await readCache(path, "kind 1"), VALUE);
  assert.equal(await readdir(join(directory, "sub")), ["file.json"]);
  assert.equal(JSON.parse(await readFile(path, "utf8")).value, VALUE, "other programs can read it as well");
});

test("another format, a missing file, a directory and what somebody else wrote are nothing", async () => {
  assert.is(await readCache(path, "kind 1"), undefined);
  await writeCache(path, "kind 1", VALUE);
  assert.is(await readCache(path, "kind 2"), undefined);
  assert.is(await readCache(join(directory, "sub"), "kind 1"), undefined);
  for (const text of ["", "null", "{}", '{"format":"kind 1"}', "\0\0\0"]) {
    await writeFile(path, text);
    assert.is(await readCache(path, "kind 1"), undefined, text);
  }
});

test("every flipped bit and every cut is noticed", async () => {
  await writeCache(path, "kind 1", VALUE);
  const whole = await readFile(path);
  for (let at = 0; at < whole.length; at += 1) {
    const bytes = Buffer.from(whole);
    bytes.writeUInt8(bytes.readUInt8(at) ^ (1 << (at % 8)), at);
    await writeFile(path, bytes);
    const read = await readCache(path, "kind 1");
    // The closing bracket is the one byte that says nothing.
    assert.equal(read, at === whole.length - 1 ? VALUE : undefined, `byte ${at}`);
  }
  for (let length = 0; length < whole.length; length += 7) {
    await writeFile(path, whole);
    await truncate(path, length);
    assert.is(await readCache(path, "kind 1"), undefined, `cut at ${length}`);
  }
});

test("a place where nothing can be written only costs time", async () => {
  await writeFile(join(directory, "sub"), "");
  await writeCache(path, "kind 1", VALUE);
  assert.is(await readCache(path, "kind 1"), undefined);
});

test.run();
