import { printable } from "../../src/report/printable.js";
import { whyJson, whyText } from "../../src/report/why-text.js";
import { fakeKey, reason, step } from "../support/plans.js";
import { assert, suite } from "../support/suite.js";

const test = suite("report/why-text");

test("each reason with the path from its cause", () => {
  const reasons = [
    reason("DEFINITION", "env"),
    reason("BASE_DIGEST", "x is new"),
    reason("PARENT", "base: FORCED now", "base", "mid"),
  ];
  assert.is(
    whyText("tip", step("tip", { reasons, key: fakeKey("2") }), "main"),
    `tip 1.0: build, against main
  DEFINITION  env
  BASE_DIGEST x is new
  PARENT      base: FORCED now
    base → mid → tip
`,
  );
});

test("nothing to do", () => {
  assert.is(whyText("a", undefined, "oci:r"), "a needs nothing: no input differs from oci:r.\n");
});

test("hostile text stays on its line", () => {
  const hostile = reason("FORCED", "\u001b[2J\nb: BUILD");
  assert.match(whyText("a", step("a", { reasons: [hostile] }), "main"), `  FORCED      ${printable(hostile.detail)}\n`);
});

test("JSON: the step, or none", () => {
  const reasons = [reason("FORCED", "now")];
  const key = fakeKey("2");
  assert.equal(whyJson("a", "1.0", step("a", { key, reasons })), {
    image: "a",
    version: "1.0",
    action: "build",
    key,
    reasons,
  });
  assert.equal(whyJson("a", "1.0", undefined), {
    image: "a",
    version: "1.0",
    action: "unchanged",
    key: null,
    reasons: [],
  });
});

test.run();
