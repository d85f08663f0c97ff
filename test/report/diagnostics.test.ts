import { diagnosticsJson, diagnosticsText } from "../../src/report/diagnostics.js";
import { createPalette } from "../../src/report/palette.js";
import { displayWidth, expandTabs, printable } from "../../src/report/printable.js";
import { assert, suite } from "../support/suite.js";

const test = suite("report/diagnostics");

const PLACE = {
  file: "images/a/image.yaml",
  line: 4,
  column: 1,
  severity: "error",
  code: "unknown-key",
  message: "no such key",
} as const;

test("place, code, message, the marked line and a hint", () => {
  assert.is(
    diagnosticsText([{ ...PLACE, excerpt: "paernt: x", hint: "did you mean `parent`?" }]),
    "images/a/image.yaml:4:1: error unknown-key: no such key\n  4 | paernt: x\n    | ^\nhint: did you mean `parent`?",
  );
});

test("without an excerpt and a hint; several diagnostics", () => {
  const line = "images/a/image.yaml:4:1: error unknown-key: no such key";
  assert.is(diagnosticsText([PLACE, { ...PLACE, excerpt: "  " }]), `${line}\n\n${line}`);
  assert.is(diagnosticsText([]), "");
});

test("the mark is in the right column: tabs, wide characters, a cut line, a column after the end", () => {
  const mark = (excerpt: string, column: number, excerptColumn?: number) =>
    diagnosticsText([{ ...PLACE, line: 12, excerpt, column, ...(excerptColumn ? { excerptColumn } : {}) }])
      .split("\n")
      .slice(1);
  assert.equal(mark("\ta: b", 2), ["  12 |     a: b", "     |     ^"]);
  assert.equal(mark("日本: b", 5), ["  12 | 日本: b", "     |       ^"]);
  assert.equal(mark("…tail", 500, 2), ["  12 | …tail", "     |  ^"]);
  assert.equal(mark("ab", 9), ["  12 | ab", "     |   ^"]);
});

test("whatever a file contains reaches the terminal as text only", () => {
  const hostile = "\u001b[2J\u202e\nx";
  const text = diagnosticsText([{ ...PLACE, file: hostile, message: hostile, hint: hostile, excerpt: hostile }]);
  for (const char of "\u001b\u202e") assert.not(text.includes(char));
  assert.is(text.split("\n").length, 4);
});

test("no path is printed as a command of GitHub Actions", () => {
  for (const file of ["::error::x.yaml", " ::error::x.yaml"]) {
    assert.ok(diagnosticsText([{ ...PLACE, file }]).startsWith(`./${file}:4:1: error`));
  }
});

test("JSON has the documented fields and nothing else", () => {
  const { severity, file, line, column, code, message } = PLACE;
  assert.equal(diagnosticsJson([{ ...PLACE, excerpt: "x" }]), {
    diagnostics: [{ code, severity, message, file, line, column, hint: null }],
  });
});

test("invisible characters are written as escapes", () => {
  assert.is(printable("a\n\t\r\0\u0085\u200b\ud800\u{e0001}é"), "a\\n\\t\\r\\x00\\x85\\u200b\\ud800\\u{e0001}é");
  assert.is(printable("a\tb\n", "\t"), "a\tb\\n");
});

test("the width of text in a terminal", () => {
  assert.equal([displayWidth("abc"), displayWidth("日本"), displayWidth("e\u0301"), displayWidth("😀")], [3, 4, 1, 2]);
  assert.equal([expandTabs("\ta"), expandTabs("ab\tc"), expandTabs("日\tc")], ["    a", "ab  c", "日  c"]);
});

test("with colours: what is wrong by its severity, the rest faint; foreign text stays text", () => {
  const palette = createPalette({ colors: true, links: false });
  const hostile = { ...PLACE, excerpt: "paernt: x\u001b[2J", hint: "h\u001b[2J" };
  const text = diagnosticsText([hostile, { ...PLACE, severity: "warning" }], palette);
  assert.match(text, "\u001b[31merror ");
  assert.match(text, "\u001b[33mwarning ");
  assert.match(text, "\u001b[2mhint: h\\x1b[2J\u001b[22m");
  assert.not.match(text, "\u001b[2J");
});

test.run();
