import type { PlanStep } from "../../src/model/plan.js";
import { printable } from "../../src/report/printable.js";
import { whyJson, whyText } from "../../src/report/why-text.js";
import { fakeKey, reason, step } from "../support/plans.js";
import { assert, suite } from "../support/suite.js";

const test = suite("report/why-text");

const explained = (image: string, planStep: PlanStep | undefined, against = "main") => ({
  image,
  version: "1.0",
  step: planStep,
  against,
  failure: undefined,
  isBuilding: false,
});

test("each reason with the path from its cause", () => {
  const reasons = [
    reason("DEFINITION", "env"),
    reason("BASE_DIGEST", "x is new"),
    reason("PARENT", "base: FORCED now", "base", "mid"),
  ];
  assert.is(
    whyText(explained("tip", step("tip", { reasons, key: fakeKey("2") }))),
    `tip 1.0: build, against main
  DEFINITION  env
  BASE_DIGEST x is new
  PARENT      base: FORCED now
    base → mid → tip
`,
  );
});

test("nothing to do", () => {
  assert.is(whyText(explained("a", undefined, "oci:r")), "a needs nothing: no input differs from oci:r.\n");
});

test("the last failure comes before the reasons, with the end of its log and the log's path", () => {
  const failure = { code: "BUILD_FAILED", message: "exit status 1", tail: ["not\u001b found"], log: "/logs/a.log" };
  const failed = { ...explained("a", step("a")), failure, isBuilding: true };
  assert.is(
    whyText(failed),
    `a is being built now, by another process.
a failed the last time: exit status 1
  | not\\x1b found
  log: /logs/a.log
a 1.0: build, against main
  MISSING     never published
`,
  );
  assert.equal([whyJson(failed).failure, whyJson(failed).building], [failure, true]);
});

test("hostile text stays on its line", () => {
  const hostile = reason("FORCED", "\u001b[2J\nb: BUILD");
  assert.match(
    whyText(explained("a", step("a", { reasons: [hostile] }))),
    `  FORCED      ${printable(hostile.detail)}\n`,
  );
});

test("JSON: the step, or none", () => {
  const reasons = [reason("FORCED", "now")];
  const key = fakeKey("2");
  assert.equal(whyJson(explained("a", step("a", { key, reasons }))), {
    image: "a",
    version: "1.0",
    action: "build",
    key,
    reasons,
    building: false,
    failure: null,
  });
  assert.equal(whyJson(explained("a", undefined)), {
    image: "a",
    version: "1.0",
    action: "unchanged",
    key: null,
    reasons: [],
    building: false,
    failure: null,
  });
});

test.run();
