import { createPalette } from "../../src/report/palette.js";
import { buildEndText, dryRunText, isNews, resultRow } from "../../src/report/results-text.js";
import { table } from "../../src/report/text.js";
import { reason, result } from "../support/plans.js";
import { assert, suite } from "../support/suite.js";

const test = suite("report/results-text");

const PARENT = [reason("PARENT", "base: FORCED now", "base")];
const ERROR = {
  code: "BUILD_FAILED",
  message: "exit status 1 in `RUN false`",
  log: "/logs/bad.log",
  tail: ["E: no such package", "::error::obey\u001b[2J", "a\tb"],
};
const RESULTS = [
  result("base", { seconds: 12.34, bytes: 31_400_000, reasons: [reason("FORCED", "now")] }),
  result("python3", {
    version: "3.11",
    outcome: "retagged",
    seconds: 0.2,
    reasons: [reason("VERSION", "3.10 → 3.11")],
  }),
  result("same", { outcome: "unchanged", reasons: PARENT }),
  result("quiet", { outcome: "unchanged" }),
  result("bad", { outcome: "failed", seconds: 75, error: ERROR }),
  result("below", { outcome: "skipped", error: { code: "PARENT_FAILED", message: "bad failed" } }),
];

test("a row for each image that is worth one; the cause of a failure is not in it", () => {
  assert.is(
    RESULTS.filter(isNews)
      .map((each) => table([resultRow(each)], [10, 12, 12, 8, 10]))
      .join("\n"),
    `  built       base 1.0      abcabcabcabc  31.4 MB   12.3 s
  retagged    python3 3.11  abcabcabcabc            0.2 s       VERSION 3.10 → 3.11
  unchanged   same 1.0      its parent came out identical
  failed      bad 1.0                               1 min 15 s
  skipped     below 1.0     bad failed`,
  );
});

test("at the end: each failure with its cause and the last lines of its log, and a summary", () => {
  assert.is(
    buildEndText(RESULTS, 90.04),
    `
bad failed: exit status 1 in \`RUN false\`
  | E: no such package
  | ::error::obey\\x1b[2J
  | a	b
  log: /logs/bad.log

1 built, 1 retagged, 2 unchanged, 1 skipped, 1 failed in 1 min 30 s.
`,
  );
});

test("what is not approved is said once: with its places", () => {
  const error = {
    code: "NOT_APPROVED",
    message: "x is not approved",
    tail: ["a.yaml:1:1: package: x is not approved"],
  };
  assert.match(
    buildEndText([result("a", { outcome: "failed", error })], 1),
    "\na failed: not approved\n  | a.yaml:1:1: package: x is not approved\n\n",
  );
});

test("what is not approved and is not told below is told above", () => {
  const error = { code: "NOT_APPROVED", message: "x is not approved", tail: ["found in /opt/x"] };
  assert.match(
    buildEndText([result("a", { outcome: "failed", error })], 1),
    "\na failed: x is not approved\n  | found",
  );
});

test("with colours, each outcome has its own, and the log is a link", () => {
  const palette = createPalette({ colors: true, links: true });
  const [row, retagged, , , failed] = RESULTS.map((each) => resultRow(each, palette)[0]);
  assert.equal(
    [row, retagged, failed],
    ["\u001b[32mbuilt\u001b[39m", "\u001b[32mretagged\u001b[39m", "\u001b[31mfailed\u001b[39m"],
  );
  const text = buildEndText(RESULTS, 1, palette);
  assert.match(text, "\u001b]8;;file:///logs/bad.log\u001b\\/logs/bad.log\u001b]8;;\u001b\\\n");
  assert.match(text, "::error::obey\\x1b[2J", "what a build prints stays text");
});

test("what was built with chroot isolation is marked", () => {
  assert.is(resultRow(result("a", { isolation: "chroot" })).at(-1), "with chroot isolation");
});

test("what was interrupted says so in its row, and nothing more", () => {
  const interrupted = result("a", { outcome: "failed", error: { code: "INTERRUPTED", message: "interrupted" } });
  assert.is(resultRow(interrupted).at(-1), "interrupted");
  assert.is(buildEndText([interrupted], 1), "\n1 failed in 1.0 s.\n");
});

test("nothing to do", () => {
  const results = [result("a", { outcome: "unchanged" }), result("b", { outcome: "unchanged" })];
  assert.is(buildEndText(results, 0.04), "Nothing to do: 2 images unchanged (0.0 s).\n");
  assert.is(dryRunText(results, 0.04), "Nothing to do: 2 images unchanged (0.0 s).\n");
});

test("a dry run says what would happen, not what happened", () => {
  const results = [
    result("a", { seconds: 1, bytes: 0 }),
    result("b", { outcome: "skipped", error: { code: "X", message: "m" } }),
  ];
  assert.is(
    dryRunText(results, 1),
    "  would build  a 1.0\n  skipped      b 1.0        m\n\nDry run, nothing was changed: 1 to build, 1 skipped.\n",
  );
});

test("a message of several lines is printed on one", () => {
  const error = { code: "PUBLISH_FAILED", message: "a\n::stop-commands::x" };
  assert.not.match(buildEndText([result("a", { outcome: "failed", error })], 1), /^\s*::/m);
});

test.run();
