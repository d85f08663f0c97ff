import { cutWidth } from "../../src/report/cut-width.js";
import { displayWidth } from "../../src/report/printable.js";
import { assert, suite } from "../support/suite.js";

const test = suite("report/cut-width");

test("what fits stays; otherwise an ellipsis ends it, and wide characters count twice", () => {
  assert.equal(
    ["abc", "abcd", "日本語", "日本", "a\u0301bcd"].map((text) => cutWidth(text, 3)),
    ["abc", "ab…", "日…", "日…", "a\u0301b…"],
  );
  assert.equal([cutWidth("abc", 1), cutWidth("abc", 0)], ["…", ""]);
});

test("nothing is ever wider than it may be", () => {
  for (let columns = 0; columns < 12; columns += 1)
    assert.ok(displayWidth(cutWidth("a日b本c語🎉d", columns)) <= columns, String(columns));
});

test.run();
