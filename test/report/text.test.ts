import { duration, elapsed, minutes, plural, roughly, size, sizeChange, table } from "../../src/report/text.js";
import { assert, suite } from "../support/suite.js";

const test = suite("report/text");

test("durations", () => {
  const expected = {
    0: "0.0 s",
    0.26: "0.3 s",
    59.94: "59.9 s",
    59.96: "1 min 00 s",
    60: "1 min 00 s",
    119.6: "2 min 00 s",
    3725: "62 min 05 s",
  };
  for (const [seconds, text] of Object.entries(expected)) assert.is(duration(Number(seconds)), text);
});

test("sizes in decimal units", () => {
  const expected = {
    0: "0 kB",
    1: "1 kB",
    999000: "999 kB",
    1000000: "1.0 MB",
    31449999: "31.4 MB",
    1000000000: "1.00 GB",
    2345000000: "2.35 GB",
  };
  for (const [bytes, text] of Object.entries(expected)) assert.is(size(Number(bytes)), text);
});

test("short forms for tables: times and differences", () => {
  assert.equal([0.4, 41, 59.6, 130, 3725].map(minutes), ["0m00", "0m41", "1m00", "2m10", "62m05"]);
  assert.equal([1_200_000, -300_000, 0].map(sizeChange), ["+1.2 MB", "−300 kB", "same"]);
});

test("singular and plural", () => {
  assert.equal(
    [plural(0, "image"), plural(1, "image"), plural(2, "entry", "entries")],
    ["0 images", "1 image", "2 entries"],
  );
});

test("a table: columns as wide as necessary, nothing after the last cell", () => {
  assert.is(table([["a", "bb", "c"], ["aaa", "", "cc"], ["a"]]), "  a    bb  c\n  aaa      cc\n  a");
  assert.is(table([["a", ""]]), "  a");
  assert.is(table([]), "");
});

test("a table: styles take no columns, and columns may be wider than their cells", () => {
  const red = "\u001b[31ma\u001b[39m";
  assert.is(
    table([
      [red, "b"],
      ["cc", "d"],
    ]),
    `  ${red}   b\n  cc  d`,
  );
  assert.is(table([["a", "b", "c"]], [3, 2]), "  a    b   c");
});

test("what goes on and what is estimated", () => {
  assert.equal([elapsed(0.9), elapsed(59.99), elapsed(65.9)], ["0 s", "59 s", "1 min 05 s"]);
  assert.equal([roughly(1.2), roughly(59), roughly(110), roughly(7200)], ["2 s", "59 s", "2 min", "2 h"]);
});

test.run();
