import type { GateReport } from "../../../src/model/gate.js";
import { findMarker, gateComment } from "../../../src/report/gate/comment.js";
import { gateMarkdown } from "../../../src/report/gate/markdown.js";
import {
  approval,
  BASE,
  failedBuild,
  gateBuild,
  gateImage,
  gateReport,
  HEAD,
  problem,
  requirement,
} from "../../support/gate-reports.js";
import { REPORT_URL as URL } from "../../support/inert-page.js";
import { reason } from "../../support/plans.js";
import { assert, suite } from "../../support/suite.js";

const test = suite("report/gate/markdown");

/** A row's cells, without the code marks. */
function rows(report: GateReport): string[][] {
  const lines = gateMarkdown(report, {})
    .split("\n")
    .filter((line) => line.startsWith("| "));
  return lines.slice(2).map((line) => line.slice(2, -2).replaceAll("`", "").split(" | "));
}

const CHANGES = {
  added: [{ name: "curl", from: null, to: "8.*" }],
  removed: [],
  changed: [1, 2].map((n) => ({ name: `p${n}`, from: "1", to: "2" })),
};

test("one row per image, below its cause: action, reasons, packages, size, build", () => {
  const images = [
    gateImage("base", {
      packages: CHANGES,
      build: gateBuild({ seconds: 130, bytes: 31_200_000, previousBytes: 30_000_000 }),
    }),
    gateImage("other", {
      action: "retag",
      reasons: [reason("VERSION", "1.0 → 1.1")],
      build: gateBuild({ outcome: "retagged", seconds: 0 }),
    }),
    gateImage("mid", {
      level: 1,
      action: "pending",
      reasons: [reason("PARENT", "base: PACKAGE curl added", "base")],
      build: gateBuild({ outcome: "unchanged", bytes: 5e6, previousBytes: 5e6 }),
    }),
    gateImage("tip", {
      level: 2,
      action: "pending",
      reasons: [reason("PARENT", "base: PACKAGE curl added", "base", "mid")],
      build: failedBuild("TEST_FAILED", "x"),
    }),
    gateImage("far", {
      level: 3,
      action: "pending",
      reasons: [reason("PARENT", "gone: NEW x", "gone", "lost")],
      build: gateBuild({ outcome: "skipped" }),
    }),
    gateImage("old", { action: "delete", reasons: [reason("REMOVED", "no longer defined")] }),
    gateImage("new", {
      reasons: ["a", "b", "c", "d", "e"].map((file) => reason("ARTIFACT", file)),
      build: gateBuild({ bytes: 900_000 }),
    }),
    gateImage("less", { build: gateBuild({ bytes: 1e6, previousBytes: 2e6 }) }),
    gateImage("odd", { build: failedBuild("PUBLISH_FAILED", "x") }),
  ];
  assert.equal(rows(gateReport({ images })), [
    ["base 1.0", "build", "DEFINITION env", "+1 −0 ~2", "+1.2 MB", "✅ 2m10"],
    ["└ mid 1.0", "pending", "PARENT base", "", "same", "✅ identical 0m41"],
    ["&emsp;└ tip 1.0", "pending", "PARENT base → mid", "", "", "❌ test failed"],
    ["other 1.0", "retag", "VERSION 1.0 → 1.1", "", "", "✅ retagged"],
    ["far 1.0", "pending", "PARENT gone: NEW x (by way of lost)", "", "", "⏭ skipped"],
    ["old 1.0", "delete", "REMOVED no longer defined", "", "", ""],
    ["new 1.0", "build", "ARTIFACT a<br>ARTIFACT b<br>ARTIFACT c<br>… and 2 more", "", "900 kB", "✅ 0m41"],
    ["less 1.0", "build", "DEFINITION env", "", "−1.0 MB", "✅ 0m41"],
    ["odd 1.0", "build", "DEFINITION env", "", "", "❌ failed"],
  ]);
});

test("images that are each other's cause are each shown once", () => {
  const image = (name: string, parent: string) => gateImage(name, { reasons: [reason("PARENT", "x", parent)] });
  const images = [image("a", "b"), image("b", "a"), image("self", "self"), image("self", "a")];
  assert.equal(
    rows(gateReport({ images })).map(([name]) => name),
    ["a 1.0", "└ b 1.0", "└ self 1.0", "&emsp;└ self 1.0"],
  );
});

test("a chain deeper than a call stack", () => {
  const images = Array.from({ length: 5000 }, (_, level) =>
    gateImage(`i${level}`, { level, reasons: [reason("PARENT", "x", `i${level - 1}`)] }),
  );
  assert.is(rows(gateReport({ images })).length, 5000);
});

test("who approved, who must approve, and why an approval does not count", () => {
  const many = requirement({
    kind: "base-image",
    paths: ["README.md", ...[1, 2, 3].map((n) => `images/base/f${n}`), "images/web/image.yaml"],
    teams: ["acme/image-admins"],
    users: ["root"],
  });
  const approvals = [
    approval({ required: many, ignored: [{ user: "bob", why: "older than the newest commit" }] }),
    approval({ by: "alice" }),
    approval({ required: requirement({ kind: "policy", teams: [] }) }),
  ];
  const text = gateMarkdown(gateReport({ requirements: [requirement()] }), { approvals });
  assert.ok(
    text.includes(`**Approval**

- ⏳ base images \`README.md\`, \`images/base/ (3 files)\`, \`images/web/image.yaml\`: @acme/image-admins or @root
  - \`@bob\` does not count: \`older than the newest commit\`
- ✅ images \`images/a/image.yaml\`: approved by \`@alice\`
- ⏳ policies \`images/a/image.yaml\`: nobody can approve this: the role has no members
`),
    text,
  );
  const needed = gateMarkdown(gateReport({ requirements: [requirement()] }), {});
  assert.ok(needed.includes("- images `images/a/image.yaml`: `@acme/image-devs` or `@acme/image-admins`\n"), needed);
});

test("problems, conflicts and failed builds, each with its place and message", () => {
  const report = gateReport({
    digest: null,
    conflicts: ["images/a/image.yaml"],
    diagnostics: [problem({ severity: "warning", message: "m" }), problem({ hint: "did you mean `parent`?" })],
    images: [
      gateImage("a", { build: failedBuild("TEST_FAILED", "exit status 1", ["one", "```", "::error::two"]) }),
      gateImage("b", { build: failedBuild("BUILD_FAILED", "no log") }),
      gateImage("c", { build: failedBuild("BUILD_FAILED", "no log") }),
    ],
  });
  const text = gateMarkdown(report, {});
  for (const part of [
    "**Problems**\n\n- ❌ `images/a/image.yaml:4:1` `unknown-key`: `` unknown key `paernt` ``<br>hint: ``did you mean `parent`?``\n- ⚠️ `images",
    "**Conflicts** with the base branch, to be resolved first\n\n- `images/a/image.yaml`\n",
    "**Failed builds**\n\n❌ `a` `exit status 1`\n\n````text\none\n```\n::error::two\n````\n\n❌ `b` `no log`\n\n❌ `c` `no log`\n",
  ]) {
    assert.ok(text.includes(part), `${part}\n---\n${text}`);
  }
});

test("a package diff that several images share is shown once", () => {
  const removed = [{ name: "wget", from: "any version", to: null }];
  const names = ["a", "b", "c", "d", "e", "f", "g"];
  const images = [
    ...names.map((name) => gateImage(name, { packages: CHANGES })),
    gateImage("z", { packages: { ...CHANGES, removed } }),
  ];
  const text = gateMarkdown(gateReport({ images, unchanged: ["x", "y"] }), {});
  assert.ok(
    text.includes(`<details><summary>Package diff (8 images)</summary>

\`a\`, \`b\`, \`c\`, \`d\`, \`e\` and 2 more

\`\`\`diff
+ curl 8.*
! p1 1 → 2
! p2 1 → 2
\`\`\`

\`z\`

\`\`\`diff
+ curl 8.*
- wget any version
! p1 1 → 2
! p2 1 → 2
\`\`\`

</details>

<details><summary>2 unchanged</summary>

\`x\`, \`y\`

</details>
`),
    text,
  );
});

test("if nothing is rebuilt, it says only that", () => {
  const text = gateComment(gateReport({ total: 2, unchanged: ["a", "b"] }), {});
  assert.match(text, /^<!-- [^\n]* -->\n### nothing to rebuild\n\nReproduce: [^\n]*\n$/);
});

test("the last line says how to reproduce it, the second that the base has moved on", () => {
  const lines = gateMarkdown(gateReport({ behind: 3, tip: "7".repeat(40) }), {
    reportUrl: URL,
    notes: ["no team"],
  }).split("\n");
  assert.is(
    lines.at(-2),
    `Reproduce: \`slipway plan --base ${BASE}\` · plan digest \`${"5f1c".repeat(16)}\` · head \`abc1234\`, base \`def5678\` · [full report](${URL})`,
  );
  assert.is(
    lines[2],
    "⚠️ The base branch has moved on: this change lacks 3 commits of it. The plan compares with `def5678`, policies and roles are those of `7777777`.",
  );
  assert.is(lines[4], "⚠️ `no team`");
  assert.match(
    gateMarkdown(gateReport({ digest: null }), { seconds: 2 }),
    / · head `abc1234`, base `def5678` · made in 2.0 s\n$/,
  );
});

test("a comment starts with its marker, whose hash identifies its content", () => {
  const [first, same, other] = [gateReport(), gateReport(), gateReport({ behind: 1 })].map((report) =>
    gateComment(report, {}),
  ) as [string, string, string];
  assert.is(first, same);
  assert.is(findMarker(first)?.head, HEAD.slice(0, 12));
  assert.is.not(findMarker(first)?.hash, findMarker(other)?.hash);
  assert.equal(findMarker(first.replaceAll("\n", "\r\n")), findMarker(first));
  for (const body of [` ${first}`, `x\n${first}`, first.replace("v1", "v2"), first.replace("hash=", "hash=x"), ""]) {
    assert.is(findMarker(body), undefined);
  }
});

test.run();
