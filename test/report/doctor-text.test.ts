import { doctorText } from "../../src/report/doctor-text.js";
import { assert, suite } from "../support/suite.js";

const test = suite("report/doctor-text");

test("what there is, what is missing, and the verdict", () => {
  const findings = [
    { what: "node", ok: true, found: "20.19.0" },
    { what: "buildah", ok: false, found: "not installed", advice: "apt-get install buildah" },
  ];
  assert.is(
    doctorText(findings, false),
    `  ok       node     20.19.0
  missing  buildah  not installed: apt-get install buildah

This machine cannot build images yet.
`,
  );
  assert.match(doctorText([], true), "This machine can build images.\n");
});

test.run();
