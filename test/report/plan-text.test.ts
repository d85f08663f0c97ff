import { planText, reasonsText } from "../../src/report/plan-text.js";
import { plan, reason, step } from "../support/plans.js";
import { assert, suite } from "../support/suite.js";

const test = suite("report/plan-text");

const STEPS = [
  step("base", { reasons: [reason("PACKAGE", "curl 7.* → 8.*"), reason("DEFINITION", "env")] }),
  step("python3-web", {
    version: "10.0",
    action: "pending",
    key: null,
    reasons: [reason("PARENT", "base: DEFINITION env", "base")],
  }),
  step("tip", {
    action: "pending",
    key: null,
    reasons: [reason("PARENT", "base: DEFINITION env", "base", "python3-web")],
  }),
  step("moved", { action: "retag", reasons: [reason("TAGS", "2.0, latest to be moved")] }),
  step("gone", { action: "delete", key: null, reasons: [reason("REMOVED", "no longer defined")] }),
];

test("every action with its reasons, and a summary", () => {
  assert.is(
    planText(plan(STEPS, { unchanged: 7 }), "oci:registry"),
    `Plan against oci:registry

  build    base 1.0          PACKAGE curl 7.* → 8.*; DEFINITION env
  pending  python3-web 10.0  PARENT base
  pending  tip 1.0           PARENT base → python3-web
  retag    moved 1.0         TAGS 2.0, latest to be moved
  delete   gone 1.0          REMOVED no longer defined

1 image to build · up to 2 may follow · 1 to retag · 1 removed · 7 unchanged · plan 0123456789ab
`,
  );
});

test("the summary has no empty counts", () => {
  const text = planText(plan([step("a"), step("b")]), "main (abc)");
  assert.is(text.split("\n").at(-2), "2 images to build · 0 unchanged · plan 0123456789ab");
});

test("chroot isolation is said where something is to be built", () => {
  const text = planText(plan([step("a")]), "x", "chroot");
  assert.match(text, /\nIsolation is chroot: while these images are built, their commands see this machine\.\n$/);
  assert.not.match(planText(plan([]), "x", "chroot"), /chroot/);
});

test("nothing to do", () => {
  assert.is(planText(plan([], { unchanged: 1 }), "main"), "Plan against main: nothing to do, 1 image unchanged.\n");
  assert.is(planText(plan([], { unchanged: 30 }), "main"), "Plan against main: nothing to do, 30 images unchanged.\n");
});

test("a reason with hostile text stays on its line and contains no escape sequences", () => {
  const hostile = reason("FORCED", "CVE\n::set-env name=X::\u001b[31m\u202e");
  assert.is(reasonsText([hostile]), "FORCED CVE\\n::set-env name=X::\\x1b[31m\\u202e");
});

test("a row shows a few of many reasons", () => {
  const many = (count: number) => Array.from({ length: count }, (_, index) => reason("PACKAGE", `p${index} added`));
  const shown = (count: number) => planText(plan([step("a", { reasons: many(count) })]), "x").split("\n")[2] ?? "";
  assert.match(shown(5), /p0 added; .*p4 added$/);
  assert.match(shown(9), /p0 added; .*p3 added; and 5 more$/);
});

test.run();
