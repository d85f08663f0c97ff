import type { GateReport } from "../../../src/model/gate.js";
import { annotations, checkRun, statusDescription } from "../../../src/report/gate/check.js";
import { neededOwners } from "../../../src/report/gate/facts.js";
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
import { assert, suite } from "../../support/suite.js";

const test = suite("report/gate/check");

const images = (count: number) => Array.from({ length: count }, (_, index) => gateImage(`i${index}`));
const title = (fields: Partial<GateReport>, approvals?: Parameters<typeof statusDescription>[1]) =>
  statusDescription(gateReport(fields), approvals);

test("the headline: the worst failure, how much is rebuilt, what it costs, who must approve", () => {
  const admins = requirement({ kind: "policy", teams: ["acme/image-admins"] });
  const built = (seconds: number) => gateBuild({ seconds });
  assert.is(title({ total: 41 }), "nothing to rebuild");
  assert.is(title({ total: 41, images: images(1) }), "1 of 41 images rebuilds");
  assert.is(
    title(
      {
        total: 41,
        images: [
          gateImage("a", { build: built(200) }),
          gateImage("b", { level: 1, action: "pending", build: built(150) }),
          gateImage("c", { action: "retag", build: built(99) }),
          gateImage("d", { action: "delete" }),
        ],
      },
      [approval({ required: admins })],
    ),
    "2 of 41 images rebuild · 2 levels · 1 to retag · 1 removed · about 6 min · needs @acme/image-admins",
  );
  assert.is(
    title({ total: 9, images: [gateImage("a", { build: built(30) }), gateImage("b")] }, [approval({ by: "x" })]),
    "2 of 9 images rebuild · at least 30 s · approved",
  );
  assert.is(
    title({
      total: 9,
      conflicts: ["a"],
      diagnostics: [problem(), problem(), problem({ severity: "warning" })],
      images: [
        gateImage("a", { build: failedBuild("TEST_FAILED", "x") }),
        gateImage("b", { build: failedBuild("BUILD_FAILED", "x") }),
        gateImage("c", { build: gateBuild({ outcome: "skipped", seconds: 0 }) }),
      ],
    }),
    "❌ rejected: 2 problems · 1 file in conflict with the base branch · 1 image fails to build · 1 image fails its tests · 3 of 9 images rebuild…",
  );
  const skipped = gateBuild({ outcome: "skipped", seconds: 0 });
  const half = [gateImage("a", { build: built(59) }), gateImage("b", { build: skipped })];
  assert.is(title({ images: half, total: 2 }), "2 of 2 images rebuild · at least 59 s");
  assert.is(title({ digest: null, diagnostics: [problem()] }), "❌ rejected: 1 problem");
  assert.is(title({ digest: null }), "❌ there is no plan");
  assert.is(title({ images: [gateImage("a", { build: built(8000) })] }), "1 of 1 image rebuilds · about 2 h");
});

test("who must approve: the smallest groups, each once, with a limited number of names", () => {
  const group = (...teams: string[]) => requirement({ teams });
  assert.equal(neededOwners([group("d", "a"), group("a"), group("a")]), [["a"]]);
  assert.equal(neededOwners([group("d", "a"), group("e", "a"), group("a", "d")]), [
    ["d", "a"],
    ["e", "a"],
  ]);
  const needs = (...groups: string[][]) =>
    title({ requirements: groups.map((teams) => group(...teams)) }).split("needs ")[1];
  assert.is(needs(["a", "b"]), "@a or @b");
  assert.is(needs(["a", "b", "c", "d", "e"]), "@a or @b or @c or 2 others");
  assert.is(needs(["a"], ["b"], ["c"], ["d"]), "@a and @b and @c and 1 more");
  assert.is(needs(["a", "b"], ["c"]), "(@a or @b) and @c");
  assert.is(needs([]), "an approval that nobody can give");
  assert.is(needs(), undefined);
});

test("the conclusion of the check", () => {
  const concluded = (fields: Partial<GateReport>, approvals?: Parameters<typeof statusDescription>[1]) =>
    checkRun(gateReport(fields), { approvals }).conclusion;
  assert.is(concluded({}), "success");
  assert.is(concluded({ diagnostics: [problem({ severity: "warning" })] }, [approval({ by: "x" })]), "success");
  assert.is(concluded({}, [approval({ by: "x" }), approval()]), "action_required");
  assert.is(concluded({ diagnostics: [problem()] }, [approval()]), "failure");
  assert.is(concluded({ conflicts: ["a"] }), "failure");
  assert.is(concluded({ digest: null }), "failure");
  assert.is(concluded({ images: [gateImage("a", { build: failedBuild("BUILD_FAILED", "x") })] }), "failure");
});

test("every text respects GitHub's limits", () => {
  const many = gateReport({
    images: images(5000),
    diagnostics: Array.from({ length: 500 }, () => problem({ message: "é".repeat(70_000) })),
  });
  for (const report of [many, ...HOSTILE.map((text) => reportOf(text).report)]) {
    const approvals = [approval({ required: requirement({ teams: ["x".repeat(500)] }) })];
    const run = checkRun(report, { approvals });
    assert.ok(run.title.length <= 255 && run.title.length > 0);
    assert.ok(Buffer.byteLength(run.summary) <= 65_535);
    assert.ok(statusDescription(report, approvals).length <= 140);
    assert.not.match(run.title + statusDescription(report, approvals), /\p{Cc}|\u202e/u);
    for (const { message, title: heading } of annotations(report)) {
      assert.ok(Buffer.byteLength(message) <= 64_000 && heading.length <= 255);
      assert.not.match(message.replaceAll("\n", "") + heading, /\p{Cc}|\p{Cf}/u);
    }
  }
});

test("an annotation on the line of each problem, in the terms of GitHub's API", () => {
  const warning = problem({ severity: "warning", message: "a\u001b", hint: "b\n" });
  assert.equal(annotations(gateReport({ diagnostics: [problem(), warning] })), [
    {
      path: "images/a/image.yaml",
      start_line: 4,
      end_line: 4,
      annotation_level: "failure",
      message: "unknown key `paernt`",
      title: "unknown-key",
    },
    {
      path: "images/a/image.yaml",
      start_line: 4,
      end_line: 4,
      annotation_level: "warning",
      message: "a\\x1b\nhint: b\\n",
      title: "unknown-key",
    },
  ]);
});

test.run();
