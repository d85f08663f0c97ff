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

test.run();
