import { gateText } from "../../../src/report/gate/text.js";
import {
  approval,
  failedBuild,
  gateBuild,
  gateImage,
  gateReport,
  HOSTILE,
  problem,
  reportOf,
  requirement,
} from "../../support/gate-reports.js";
import { reason } from "../../support/plans.js";
import { assert, suite } from "../../support/suite.js";

const test = suite("report/gate/text");

test("the first line is the verdict, the last ones say what to do", () => {
  const images = [
    gateImage("base", { build: gateBuild({ bytes: 2e6 }) }),
    gateImage("tip", {
      action: "pending",
      level: 1,
      reasons: [reason("PARENT", "base: x", "base")],
      build: failedBuild("TEST_FAILED", "exit status 1", ["last\tline\u001b"]),
    }),
  ];
  const report = gateReport({
    total: 5,
    images,
    behind: 1,
    conflicts: ["a\nb"],
    diagnostics: [problem({ hint: "h" })],
  });
  const approvals = [approval({ ignored: [{ user: "bob", why: "is the author" }] }), approval({ by: "amy" })];
  assert.is(
    gateText(report, approvals),
    `❌ rejected: 1 problem · 1 file in conflict with the base branch · 1 image fails its tests · 2 of 5 images rebuild · 2 levels · about 1 min · needs @acme/image-devs or @acme/image-admins

  build    base 1.0     2.0 MB  ✅ 0m41         DEFINITION env
  pending  └ tip 1.0            ❌ test failed  PARENT base

images/a/image.yaml:4:1: error unknown-key: unknown key \`paernt\`
hint: h

In conflict with the base branch:
  - a\\nb

❌ tip failed: exit status 1
  | last	line\\x1b

Approvals:
  images: @acme/image-devs or @acme/image-admins (images/a/image.yaml)
    does not count: bob, is the author
  images: approved by amy (images/a/image.yaml)

The base branch has moved on by 1 commit.
Next: fix what the first line names, and push again.
Reproduce: slipway plan --base ${report.base} · plan 5f1c5f1c5f1c
`,
  );
});

test("nothing to do, and only approvals missing", () => {
  const last = `Reproduce: slipway plan --base ${gateReport().base} · plan 5f1c5f1c5f1c\n`;
  assert.is(gateText(gateReport()), `nothing to rebuild\n\nNext: nothing; this can be merged.\n${last}`);
  const needed = gateText(gateReport({ requirements: [requirement({ users: ["root"] })] }));
  assert.is(
    needed,
    `nothing to rebuild · needs @acme/image-devs or @acme/image-admins or @root

Approvals:
  images: @acme/image-devs or @acme/image-admins or @root (images/a/image.yaml)

Next: 1 approval is needed.
${last}`,
  );
});

test("whatever a report contains reaches the terminal as text only", () => {
  for (const text of HOSTILE) {
    const { report, approvals } = reportOf(text);
    const shown = gateText(report, approvals);
    assert.not.match(shown.replace(/[\n\t]/g, ""), /\p{Cc}|\p{Cf}|\p{Cs}/u);
    // A line of its own would be a command for GitHub Actions.
    assert.not.match(shown, /^\s*::/m);
  }
});

test.run();
