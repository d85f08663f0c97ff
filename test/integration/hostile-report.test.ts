import fc from "fast-check";
import { gateComment } from "../../src/report/gate/comment.js";
import { gateMarkdown } from "../../src/report/gate/markdown.js";
import { printable } from "../../src/report/printable.js";
import { HOSTILE, reportOf } from "../support/gate-reports.js";
import { assertInert, REPORT_URL } from "../support/inert-page.js";
import { renderMarkdown } from "../support/markdown-page.js";
import { assert, suite } from "../support/suite.js";

const test = suite("a hostile report as GitHub shows it");

const SEEN_AT_MOST = 60;

const seen = (text: string) => text.replace(/\s+/g, " ").trim();

test("no field of a report becomes more than text, and all of them can be read", () => {
  const shows = (text: string) => {
    const { report, approvals } = reportOf(text);
    const options = { approvals, reportUrl: REPORT_URL, notes: [text] };
    for (const markdown of [gateComment(report, options), gateMarkdown(report, { ...options, seconds: 3 })]) {
      const page = renderMarkdown(markdown);
      assertInert(page, text);
      const wanted = seen(printable(text)).slice(0, SEEN_AT_MOST).replaceAll("\\|", "\\x7c");
      const found = page.code.filter((code) => seen(code).replaceAll("\\|", "\\x7c").includes(wanted));
      assert.ok(found.length > 20, `${text} is shown ${found.length} times`);
    }
    // Without approvals no one is mentioned.
    assert.not.match(renderMarkdown(gateMarkdown(report, {})).prose, /@/);
  };
  for (const text of HOSTILE) shows(text);
  fc.assert(fc.property(fc.string({ unit: "binary", maxLength: 30 }), shows), { numRuns: 20 });
  const pieces = fc.constantFrom(
    ..."`|\\<>@#[]()!*_~&; \n\t$-=a".split(""),
    "```",
    "http://evil.example",
    "</details>",
    "<!--",
  );
  fc.assert(
    fc.property(
      fc.array(pieces, { maxLength: 12 }).map((parts) => parts.join("")),
      shows,
    ),
    { numRuns: 50 },
  );
});

test.run();
