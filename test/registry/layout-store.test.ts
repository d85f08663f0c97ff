import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Digest } from "../../src/model/names.js";
import { LayoutStore } from "../../src/registry/layout-store.js";
import { assert, suite } from "../support/suite.js";

const test = suite("the files of a layout");
const BYTES = Buffer.from("a layer\n");
const BLOB = {
  digest: `sha256:${createHash("sha256").update(BYTES).digest("hex")}` as Digest,
  size: BYTES.length,
};
let directory = "";
let store: CountingStore;

class CountingStore extends LayoutStore {
  reads = 0;
  override hash(digest: Digest): Promise<Digest | undefined> {
    this.reads += 1;
    return super.hash(digest);
  }
}

/** File systems count time in steps of some milliseconds. */
const tick = () => new Promise((done) => setTimeout(done, 20));

test.before.each(async () => {
  directory = mkdtempSync(join(tmpdir(), "slipway-store-"));
  store = new CountingStore(join(directory, "layout"));
  await store.initialise();
  writeFileSync(store.blob(BLOB.digest), BYTES);
});
test.after.each(() => rmSync(directory, { recursive: true }));

test("several who ask for a blob at a time read it once, and those who come later not at all", async () => {
  assert.equal(await Promise.all([1, 2, 3].map(() => store.isWhole(BLOB))), [true, true, true]);
  assert.ok(await store.isWhole(BLOB));
  assert.is(store.reads, 1);
});

test("a blob is not read again because this process has linked it", async () => {
  assert.ok(await store.isWhole(BLOB));
  await tick();
  await store.link(BLOB.digest, join(directory, "link"));
  assert.equal(readFileSync(join(directory, "link")), BYTES);
  assert.ok(await store.isWhole(BLOB));
  assert.is(store.reads, 1);
});

test("a blob that somebody has written to is read again, linked or not", async () => {
  assert.ok(await store.isWhole(BLOB));
  await store.link(BLOB.digest, join(directory, "link"));
  await tick();
  writeFileSync(join(directory, "link"), "a lager\n");
  assert.not(await store.isWhole(BLOB));
});

test("a link to a blob that is not there is no error", async () => {
  rmSync(store.blob(BLOB.digest));
  await store.link(BLOB.digest, join(directory, "link"));
});

test.run();
