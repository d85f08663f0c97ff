import { createHash } from "node:crypto";
import fc from "fast-check";
import { hashFrom, keepState, STATE_BYTES } from "../../src/system/sha256.js";
import { assert, suite } from "../support/suite.js";

const test = suite("SHA-256 with a state that can be kept");

function hash(before: Uint8Array, after: Uint8Array, place = 0): string {
  const states = new Uint8Array(STATE_BYTES * (place + 1));
  keepState(before, states, STATE_BYTES * place);
  return hashFrom(states, STATE_BYTES * place, after);
}

test("gives the hash of both parts, wherever the text is divided", () => {
  const bytes = fc.uint8Array({ maxLength: 400 });
  fc.assert(
    fc.property(bytes, bytes, (before, after) => {
      assert.is(hash(before, after), createHash("sha256").update(before).update(after).digest("hex"));
    }),
  );
});

test("fills blocks exactly", () => {
  for (const length of [0, 1, 54, 55, 56, 63, 64, 65, 119, 120, 128]) {
    const bytes = Buffer.alloc(length, "x");
    const expected = createHash("sha256").update(bytes).digest("hex");
    for (let at = 0; at <= length; at++) assert.is(hash(bytes.subarray(0, at), bytes.subarray(at), 2), expected);
  }
});

test.run();
