import type { GateReport } from "../../../src/model/gate.js";
import { isNothing } from "../../../src/report/gate/facts.js";
import { approval, gateImage, gateReport, problem, requirement } from "../../support/gate-reports.js";
import { assert, suite } from "../../support/suite.js";

const test = suite("report/gate/facts");

test("nothing to say: no image, no problem, and only ordinary approvals", () => {
  const nothing = (fields: Partial<GateReport>) => isNothing(gateReport(fields));
  assert.ok(nothing({}));
  assert.ok(nothing({ requirements: [requirement({ kind: "other" }), requirement()], behind: 3, unchanged: ["a"] }));
  assert.not(nothing({ requirements: [requirement({ kind: "workflow" })] }));
  assert.not(isNothing(gateReport(), [approval({ required: requirement({ kind: "policy" }) })]));
  assert.ok(isNothing(gateReport({ requirements: [requirement({ kind: "workflow" })] }), [approval()]));
  assert.not(nothing({ images: [gateImage("a", { action: "retag" })] }));
  assert.not(nothing({ diagnostics: [problem({ severity: "warning" })] }));
  assert.not(nothing({ conflicts: ["a"] }));
  assert.not(nothing({ digest: null }));
});

test.run();
