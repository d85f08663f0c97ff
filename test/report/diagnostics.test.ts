import type { Diagnostic } from "../../src/model/diagnostic.js";
import { diagnosticsJson, diagnosticsText } from "../../src/report/diagnostics.js";
import { assert, suite } from "../support/suite.js";

const test = suite("report/diagnostics");

const diagnostic: Diagnostic = {
  file: "images/a/image.yaml",
  line: 12,
  column: 3,
  code: "unknown-key",
  severity: "error",
  message: "unknown key `paernt`",
  hint: "did you mean `parent`?",
  excerpt: "  paernt: x",
};

/** The column, from 0 and as displayed with `widths`, of the caret and the text above it. */
function caret(part: Partial<Diagnostic>): string {
  const [, source = "", marker = ""] = diagnosticsText([{ ...diagnostic, ...part }]).split("\n");
  return `${source}\n${marker}`;
}

test("place, message, source line with caret, hint", () => {
  assert.is(
    diagnosticsText([diagnostic]),
    "images/a/image.yaml:12:3: error unknown-key: unknown key `paernt`\n" +
      "  12 |   paernt: x\n" +
      "     |   ^\n" +
      "hint: did you mean `parent`?",
  );
});

test("without excerpt or hint there is one line; several are separated by an empty one", () => {
  const { excerpt: _, hint: __, ...bare } = diagnostic;
  const line = "images/a/image.yaml:12:3: warning unknown-key: unknown key `paernt`";
  assert.is(
    diagnosticsText([
      { ...bare, severity: "warning" },
      { ...bare, severity: "warning" },
    ]),
    `${line}\n\n${line}`,
  );
  assert.is(diagnosticsText([]), "");
});

test("tabs are spaces on both lines", () => {
  assert.is(caret({ excerpt: "\ta\tb", column: 4 }), "  12 |     a   b\n     |         ^");
});

test("wide characters take two columns, combining ones none", () => {
  assert.is(caret({ excerpt: "a: 日本 x", column: 7 }), "  12 | a: 日本 x\n     |         ^");
  assert.is(caret({ excerpt: "a: 😀 x", column: 7 }), "  12 | a: 😀 x\n     |       ^");
  assert.is(caret({ excerpt: "e\u0301: x", column: 5 }), "  12 | e\u0301: x\n     |    ^");
});

test("a cut line has its own column, and a column behind the line stays beside it", () => {
  assert.is(caret({ excerpt: "…abc…", column: 900, excerptColumn: 3 }), "  12 | …abc…\n     |   ^");
  assert.is(caret({ excerpt: "abc", column: 900 }), "  12 | abc\n     |    ^");
});

test("hostile names and messages cannot drive the terminal", () => {
  const file = "images/\u001b]0;title\u0007\n\u202egnp.yaml";
  const text = diagnosticsText([
    { ...diagnostic, file, message: "a\u009bb\r\n", hint: "\u0000", excerpt: "x\u001b[31m" },
  ]);
  assert.is(
    text,
    "images/\\x1b]0;title\\x07\\n\\u202egnp.yaml:12:3: error unknown-key: a\\x9bb\\r\\n\n" +
      "  12 | x\\x1b[31m\n" +
      "     |      ^\n" +
      "hint: \\x00",
  );
});

test("the JSON has the documented keys and no others", () => {
  const { hint: _, ...bare } = diagnostic;
  const rest = {
    code: "unknown-key",
    severity: "error",
    message: "unknown key `paernt`",
    file: "images/a/image.yaml",
    line: 12,
    column: 3,
  };
  assert.equal(diagnosticsJson([diagnostic, bare]), {
    diagnostics: [
      { ...rest, hint: "did you mean `parent`?" },
      { ...rest, hint: null },
    ],
  });
});

test.run();
