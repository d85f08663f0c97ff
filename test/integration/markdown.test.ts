import fc from "fast-check";
import { cellCode, code, FOLDED, fenced, link, mention, shorten, tableRow } from "../../src/report/markdown.js";
import { printable } from "../../src/report/printable.js";
import { HOSTILE } from "../support/gate-reports.js";
import { nestingProblem, renderMarkdown } from "../support/markdown-page.js";
import { assert, suite } from "../support/suite.js";

const test = suite("report/markdown");

/** Strings of characters with a meaning in Markdown or HTML, and arbitrary ones. */
const TEXT = fc.oneof(
  fc.string({ unit: "binary", maxLength: 30 }),
  fc
    .array(
      fc.constantFrom(..."`|\\<>@#[]()!*_~&; \n\t$-=a".split(""), "```", "http://x.example", "</details>", "&#64;"),
      {
        maxLength: 20,
      },
    )
    .map((parts) => parts.join("")),
);
/** A page does not show spaces at the ends, or more than one in a row. */
const seen = (text: string) => text.replace(/ +/g, " ").trim();

test("a span shows exactly its text", () => {
  const shows = (text: string) => {
    const { code: spans, tags, prose } = renderMarkdown(`before ${code(text)} after`);
    assert.equal(tags, ["p", "code", "/code", "/p"], text);
    assert.is(seen(spans.join()), seen(printable(text)));
    assert.is(prose, "before  after");
  };
  for (const text of HOSTILE) if (text.length < 1000) shows(text);
  fc.assert(fc.property(TEXT, shows), { numRuns: 200 });
});

test("a cell keeps its text and a row its cells; only a backslash before a bar is written differently", () => {
  const shows = (text: string) => {
    const row = tableRow([cellCode(text), cellCode(text), "x"]);
    const { code: spans, cells } = renderMarkdown(
      `${tableRow(["a", "b", "c"])}\n${tableRow(["---", "---", "---"])}\n${row}`,
    );
    assert.equal(cells, [3, 3], row);
    const wanted = seen(printable(text).replaceAll("\\|", "\\x7c"));
    assert.equal(spans.map(seen), [wanted, wanted]);
  };
  for (const text of HOSTILE) if (text.length < 1000) shows(text);
  fc.assert(fc.property(TEXT, shows), { numRuns: 200 });
});

test("a block shows its lines, and nothing ends it early", () => {
  const shows = (lines: readonly string[]) => {
    const page = renderMarkdown(`${FOLDED.open("Title")}${fenced(lines, "diff")}${FOLDED.close}\n\nafter`);
    assert.equal(page.tags, ["details", "summary", "/summary", "pre", "code", "/code", "/pre", "/details", "p", "/p"]);
    assert.is(page.code.join(), `${lines.map((line) => printable(line, "\t")).join("\n")}\n`);
  };
  shows(HOSTILE.filter((text) => text.length < 1000));
  fc.assert(fc.property(fc.array(TEXT, { minLength: 1, maxLength: 5 }), shows), { numRuns: 200 });
});

test("a link leads to a page or is left out", () => {
  assert.is(link("all", "https://forge.example:8443/a/b?c=1#d"), "[all](https://forge.example:8443/a/b?c=1#d)");
  for (const url of [
    undefined,
    "",
    "javascript:alert(1)",
    "javascript:x",
    "ftp://x.example/",
    "https://x.example/a)b",
    "https://x.example/<b>",
    "https://x.example/\n",
  ]) {
    assert.is(link("all", url), undefined, String(url));
  }
});

test("only text in the form of an owner becomes a mention", () => {
  assert.equal([mention("acme/image-admins"), mention("alice_acme")], ["@acme/image-admins", "@alice_acme"]);
  for (const name of ["a b", "a/b/c", "", "x](http://e.example)", "a@b", "-a", "a\n"]) {
    assert.match(mention(name), /^`+ ?@/);
  }
});

test("long text is cut between characters", () => {
  assert.equal([shorten("abc", 3), shorten("abcd", 3), shorten("a😀bc", 3)], ["abc", "ab…", "a…"]);
  assert.ok(code("x".repeat(9999)).length < 1010);
});

test("the nesting of elements is checked", () => {
  assert.is(nestingProblem(["p", "/details"]), "/details closes nothing");
  assert.is(nestingProblem(["details"]), "details not closed");
});

test.run();
