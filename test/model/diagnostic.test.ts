import { pointerParts, pointerTo } from "../../src/model/diagnostic.js";
import { assert, suite } from "../support/suite.js";

const test = suite("model/diagnostic");

test("a JSON pointer escapes `~` and `/`", () => {
  assert.is(pointerTo("labels", "a/b~c", 3), "/labels/a~1b~0c/3");
  assert.is(pointerTo(), "");
});

test("its parts are what it was made of", () => {
  for (const parts of [[], [""], ["a", ""], ["~1", "/0~"], ["a/b~c", "0", "~01"]])
    assert.equal(pointerParts(pointerTo(...parts)), parts);
});

test.run();
