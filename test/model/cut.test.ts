import { cut, cutLoosely, firstOf, withRest } from "../../src/model/cut.js";
import { assert, suite } from "../support/suite.js";

const test = suite("model/cut");

test("a list that is cut says how many are not shown, and one that is not says nothing", () => {
  const items = ["a", "b", "c", "d"];
  assert.equal(cut(items, 3), { shown: ["a", "b", "c"], rest: 1 });
  assert.equal(cut(items, 5), { shown: items, rest: 0 });
  assert.equal(withRest(cut(items, 3)), ["a", "b", "c", "and 1 more"]);
  assert.equal(
    withRest(cut(items, 1), (count) => `${count} others`),
    ["a", "3 others"],
  );
  assert.equal(withRest(cut(items, 4)), items);
});

test("a single item too many is shown where words for it would take as much space", () => {
  assert.equal(
    [2, 3, 4].map((most) => cutLoosely(["a", "b", "c", "d"], most).rest),
    [2, 0, 0],
  );
});

test("the first words of a list in a sentence", () => {
  assert.is(firstOf(["a", "b", "c"], 3), "a, b, c");
  assert.is(firstOf(["a", "b", "c"], 2), "a, b and 1 more");
  assert.is(firstOf(["a", "b", "c"], 1), "a and 2 more");
});

test.run();
