import { andMore, firstOf } from "../../src/model/and-more.js";
import { assert, suite } from "../support/suite.js";

const test = suite("model/and-more");

test("a list that is cut says how much is left out", () => {
  assert.is(firstOf(["a", "b", "c"], 3), "a, b, c");
  assert.is(firstOf(["a", "b", "c"], 2), "a, b and 1 more");
  assert.is(firstOf(["a", "b", "c"], 1), "a and 2 more");
  assert.equal([andMore(2), andMore(0), andMore(-1)], [["and 2 more"], [], []]);
});

test.run();
