import { gzipSync } from "node:zlib";
import type { CatalogueState, StateEntry } from "../../src/model/catalogue-state.js";
import { changedState, formatState, parseState } from "../../src/registry/state-file.js";
import { digest, imageName } from "../support/definitions.js";
import { assert, suite } from "../support/suite.js";

const test = suite("the state of the catalogue as a file");

const entry = (image: string, ...tags: string[]): StateEntry => ({
  imageId: digest(image),
  manifestDigest: digest("f"),
  tags,
});
const A = imageName("a");
const B = imageName("b");
const STATE: CatalogueState = new Map([
  [B, entry("2", "k-2", "1.0", "latest")],
  [A, entry("1")],
]);

test("is read as it was written, in the order of names", () => {
  const read = parseState(formatState(STATE));
  assert.equal([...(read ?? [])], [...STATE].reverse());
  assert.equal(formatState(new Map([...STATE].reverse())), formatState(STATE));
});

test("is nothing where it is cut, of another version, or something else", () => {
  const bytes = formatState(STATE);
  for (const other of [
    ...[Buffer.alloc(0), bytes.subarray(0, bytes.length - 9), Buffer.from("{}"), gzipSync("[]"), gzipSync("null")],
    gzipSync('{"format":"slipway state 2","images":[]}'),
    gzipSync('{"format":"slipway state 1","images":{}}'),
  ])
    assert.is(parseState(other), undefined);
});

test("an entry that makes no sense is as good as a missing one", () => {
  const good = ["a", digest("1"), digest("2"), "k-1"];
  const images = [
    good,
    ["b", "sha256:1", digest("2")],
    ["c", digest("1")],
    ["d", digest("1"), digest("2"), 7],
    "e",
    null,
  ];
  const read = parseState(gzipSync(JSON.stringify({ format: "slipway state 1", images })));
  assert.equal([...(read?.keys() ?? [])], ["a"]);
});

test("changes replace, add and remove; without any it is the same state", () => {
  const now = entry("3", "k-3");
  assert.equal(
    [...changedState(STATE, new Map([[A, now]]))],
    [
      [B, STATE.get(B)],
      [A, now],
    ],
  );
  assert.equal([...changedState(STATE, new Map([[B, undefined]]))], [[A, STATE.get(A)]]);
  assert.is(changedState(STATE, new Map([[imageName("c"), undefined]])), STATE);
  assert.is(changedState(STATE, new Map([[B, entry("2", "k-2", "1.0", "latest")]])), STATE);
  assert.is.not(changedState(STATE, new Map([[B, entry("2", "k-2", "1.0", "old")]])), STATE);
});

test.run();
