import { andMore, firstOf } from "../../src/model/first-of.js";
import { assert, suite } from "../support/suite.js";

const test = suite("model/first-of");

test("a list that is cut says how much is left out", () => {
  assert.is(firstOf(["a", "b", "c"], 3), "a, b, c");
  assert.is(firstOf(["a", "b", "c"], 2), "a, b and 1 more");
  assert.is(firstOf(["a", "b", "c"], 1), "a and 2 more");
  assert.is(firstOf([], 2), "");
  assert.is(andMore(2), "and 2 more");
});

test.run();
