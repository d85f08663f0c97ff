import { resultsText } from "../../src/report/results-text.js";
import { reason, result } from "../support/plans.js";
import { assert, suite } from "../support/suite.js";

const test = suite("report/results-text");

const PARENT = [reason("PARENT", "base: FORCED now", "base")];

test("a table of the outcomes, failures with the last lines of their logs, and a summary", () => {
  const error = {
    code: "BUILD_FAILED",
    message: "exit status 1 in `RUN false`",
    log: "/logs/bad.log",
    tail: ["E: no such package", "::error::obey\u001b[2J", "a\tb"],
  };
  const results = [
    result("base", { seconds: 12.34, bytes: 31_400_000, reasons: [reason("FORCED", "now")] }),
    result("python3", {
      version: "3.11",
      outcome: "retagged",
      seconds: 0.2,
      reasons: [reason("VERSION", "3.10 → 3.11")],
    }),
    result("same", { outcome: "unchanged", reasons: PARENT }),
    result("quiet", { outcome: "unchanged" }),
    result("bad", { outcome: "failed", seconds: 75, error }),
    result("below", { outcome: "skipped", error: { code: "PARENT_FAILED", message: "bad failed" } }),
  ];
  assert.is(
    resultsText(results, 90.04, false),
    `  built      base 1.0      abcabcabcabc  31.4 MB  12.3 s
  retagged   python3 3.11  abcabcabcabc           0.2 s       VERSION 3.10 → 3.11
  unchanged  same 1.0      abcabcabcabc                       its parent came out identical
  failed     bad 1.0                              1 min 15 s  exit status 1 in \`RUN false\`
  skipped    below 1.0                                        bad failed

bad failed: exit status 1 in \`RUN false\`
  | E: no such package
  | ::error::obey\\x1b[2J
  | a	b
  log: /logs/bad.log

1 built, 1 retagged, 2 unchanged, 1 skipped, 1 failed in 1 min 30 s.
`,
  );
});

test("what was built with chroot isolation is marked", () => {
  const text = resultsText([result("a", { isolation: "chroot" })], 1, false);
  assert.match(text, /^ {2}built {2}a 1\.0 .* with chroot isolation$/m);
});

test("nothing to do", () => {
  const results = [result("a", { outcome: "unchanged" }), result("b", { outcome: "unchanged" })];
  assert.is(resultsText(results, 0.04, false), "Nothing to do: 2 images unchanged (0.0 s).\n");
});

test("a dry run says what would happen, not what happened", () => {
  const results = [
    result("a", { seconds: 1, bytes: 0 }),
    result("b", { outcome: "skipped", error: { code: "X", message: "m" } }),
  ];
  assert.is(
    resultsText(results, 1, true),
    "  would build  a 1.0\n  skipped      b 1.0        m\n\nDry run, nothing was changed: 1 to build, 1 skipped.\n",
  );
});

test("a message of several lines is printed on one", () => {
  const error = { code: "PUBLISH_FAILED", message: "a\n::stop-commands::x" };
  const text = resultsText([result("a", { outcome: "failed", error })], 1, false);
  assert.not.match(text, /^\s*::/m);
});

test.run();
