import { createPalette, PLAIN } from "../../src/report/palette.js";
import { assert, suite } from "../support/suite.js";

const test = suite("report/palette");

test("each meaning has a style, which ends with the text; empty text stays empty", () => {
  const { success, failure, warning, faint, strong, image } = createPalette({ colors: true, links: false });
  assert.equal(
    [success("a"), failure("a"), warning("a"), faint("a"), strong("a"), image("a"), success("")],
    [
      "\u001b[32ma\u001b[39m",
      "\u001b[31ma\u001b[39m",
      "\u001b[33ma\u001b[39m",
      "\u001b[2ma\u001b[22m",
      "\u001b[1ma\u001b[22m",
      "\u001b[36ma\u001b[39m",
      "",
    ],
  );
});

test("a link names the file in a form that no path can leave", () => {
  const { link } = createPalette({ colors: true, links: true });
  assert.is(
    link("log", "/a b/\u001b\\ü;x.log"),
    "\u001b]8;;file:///a%20b/%1B%5C%C3%BC%3Bx.log\u001b\\log\u001b]8;;\u001b\\",
  );
});

test("without colours nothing is added, nor is a link where the terminal knows none", () => {
  assert.is(createPalette({ colors: false, links: true }), PLAIN);
  assert.is(PLAIN.failure("a") + PLAIN.link("b", "/b"), "ab");
  assert.is(createPalette({ colors: true, links: false }).link("b", "/b"), "b");
});

test.run();
