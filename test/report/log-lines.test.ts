import { logLine, logText } from "../../src/report/log-lines.js";
import { PLAIN } from "../../src/report/palette.js";
import { assert, suite } from "../support/suite.js";

const test = suite("report/log-lines");

test("a line names its image, and shows what a terminal would obey", () => {
  assert.is(logLine("base   ", "a\tb\u001b[2J\u0007", PLAIN), "base    | a\tb\\x1b[2J\\x07\n");
});

test("of a long log the last lines", () => {
  assert.is(logText(["a", "b\u001b[2J"], 2), "a\nb\\x1b[2J\n");
  assert.is(logText(["a", "b", "c"], 2), "… 1 line left out\nb\nc\n");
});

test.run();
