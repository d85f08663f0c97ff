import fc from "fast-check";
import { durationText, parseDuration } from "../../src/model/duration.js";
import { assert, suite } from "../support/suite.js";

const test = suite("model/duration");

for (const [text, nanoseconds, shortest] of [
  ["0s", 0, "0s"],
  ["0h0m", 0, "0s"],
  ["30s", 30e9, "30s"],
  ["60s", 60e9, "1m"],
  ["1m30s", 90e9, "90s"],
  ["90m", 5400e9, "90m"],
  ["1.5h", 5400e9, "90m"],
  ["2h", 7200e9, "2h"],
  ["500ms", 5e8, "500ms"],
  ["0.5s", 5e8, "500ms"],
  ["1.5ms", 1.5e6, "1.5ms"],
] as const) {
  test(`${text} is ${shortest}`, () => {
    assert.is(parseDuration(text), nanoseconds);
    assert.is(durationText(nanoseconds), shortest);
  });
}

test("the shortest text, and back", () => {
  const shortest = { "0s": "0s", "90s": "90s", "1m30s": "90s", "120s": "2m", "1.5h": "90m", "1500ms": "1500ms" };
  for (const [given, text] of Object.entries(shortest)) assert.is(durationText(parseDuration(given)), text, given);
  const parts = fc.record({ h: fc.nat(99), m: fc.nat(99), s: fc.nat(99), ms: fc.nat(9999) });
  const property = fc.property(parts, ({ h, m, s, ms }) => {
    const nanoseconds = parseDuration(`${h}h${m}m${s}s${ms}ms`);
    assert.is(nanoseconds, (((h * 60 + m) * 60 + s) * 1000 + ms) * 1e6);
    assert.is(parseDuration(durationText(nanoseconds)), nanoseconds);
  });
  fc.assert(property, { seed: 1 });
});

test.run();
