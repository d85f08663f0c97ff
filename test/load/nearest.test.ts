import { nearest } from "../../src/model/nearest.js";
import { assert, suite } from "../support/suite.js";

const test = suite("model/nearest");

test("slips of the keyboard are found", () => {
  const keys = ["name", "version", "parent", "from", "description"];
  assert.is(nearest("paernt", keys), "parent");
  assert.is(nearest("Parent", keys), "parent");
  assert.is(nearest("verison", keys), "version");
  assert.is(nearest("versoin", keys), "version");
  assert.is(nearest("desciption", keys), "description");
  assert.is(nearest("frm", keys), "from");
});

test("other words are not", () => {
  assert.is(nearest("zzz", ["name"]), undefined);
  assert.is(nearest("a", ["bcd"]), undefined);
  assert.is(nearest("", ["name"]), undefined);
  assert.is(nearest("name", []), undefined);
  assert.is(nearest("x".repeat(10_000), ["x".repeat(10_001)]), undefined);
});

test("the nearest wins, among equals the first", () => {
  assert.is(nearest("python3-bas", ["python3-base2", "python3-base", "python3-bass"]), "python3-base");
  assert.is(nearest("bat", ["cat", "hat"]), "cat");
});

test("ten thousand candidates take no time", () => {
  const candidates = Array.from({ length: 10_000 }, (_, index) => `some-image-name-${index}`);
  const start = performance.now();
  assert.is(nearest("some-imgae-name-777", candidates), "some-image-name-777");
  assert.ok(performance.now() - start < 500);
});

test.run();
