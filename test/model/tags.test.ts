import type { BuildKey } from "../../src/model/names.js";
import { claimTag, isReservedTag, keyTag, testedTag } from "../../src/model/tags.js";
import { assert, suite } from "../support/suite.js";

const test = suite("model/tags");
const HASH = "0123456789abcdef".repeat(4);

test("tags that Slipway or the registry gives a meaning are reserved", () => {
  for (const tag of [keyTag(HASH as BuildKey), testedTag(HASH), claimTag(HASH as BuildKey), `sha256-${HASH}`])
    assert.ok(isReservedTag(tag), tag);
});

test("what only looks like one is free", () => {
  const tags = ["latest", "1.0", "k", "k-1", HASH, `k-${HASH}0`, `x-${HASH}`, `k-${HASH.slice(1)}`];
  for (const tag of [...tags, `sha256-${HASH}.sig`, `k-${HASH}-01234567`]) assert.not.ok(isReservedTag(tag), tag);
});

test.run();
