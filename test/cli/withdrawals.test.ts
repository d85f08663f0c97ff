import type { GateReport } from "../../src/model/gate.js";
import type { Plan } from "../../src/model/plan.js";
import { TestCatalogue } from "../support/catalogue.js";
import { assert, suite } from "../support/suite.js";
import { Workspace } from "../support/workspace.js";

const test = suite("withdrawn approvals");
let workspace: Workspace;
let catalogue: TestCatalogue;

const LIST = "catalog/system/debian.yaml";
const TOOLS = "images/tools/image.yaml";
const JQ = '  - { name: jq, versions: ["1.6-2.1"], license: MIT }\n';
const FILES = {
  [TOOLS]: 'name: tools\nversion: "1.0"\nparent: base\nsystem-packages: [jq]\n',
  ".gitignore": ".slipway/\n",
};

test.before(async () => {
  workspace = await Workspace.create();
});
test.before.each(async () => {
  catalogue = await TestCatalogue.create(workspace, "catalogue", FILES);
  await catalogue.git.checkoutLocalBranch("change");
});
test.after.each(() => catalogue.delete("."));
test.after(() => workspace.remove());

const withdraw = (more = "") =>
  catalogue.edit(
    LIST,
    JQ,
    `  - name: jq\n    versions: ["1.6-2.1"]\n    withdrawn: { since: 2026-03-01, reason: it has a hole, replacement: gojq${more} }\n`,
  );

const plan = (...more: readonly string[]) => catalogue.run(["plan", "--base", "main", "--head", "HEAD", ...more]);

test("a deleted entry: the plan is rejected and names every image that uses it", async () => {
  await catalogue.edit(LIST, JQ, "");
  await catalogue.commit("jq is gone");
  const { stderr, code } = await plan();
  assert.is(code, 3);
  assert.match(stderr, `${TOOLS}:4:19: error package-not-approved: the package "jq" is not approved for debian`);
  assert.match(
    stderr,
    `${LIST}:1:1: warning approval-withdrawn: the package jq of debian is no longer approved. ` +
      "Images that use it: tools; derived from them: app, blue, green",
  );
  const report = await catalogue.json<GateReport>(["gate", "--base", "main"], 3);
  assert.equal(report.diagnostics.map(({ code }) => code).sort(), ["approval-withdrawn", "package-not-approved"]);
});

test("a change that also removes the package from the images affects none", async () => {
  await catalogue.edit(LIST, JQ, "");
  await catalogue.edit(TOOLS, "system-packages: [jq]\n", "");
  await catalogue.commit("Nobody needs jq");
  const { stderr, code } = await plan();
  assert.is(code, 0);
  assert.equal(stderr, "");
});

test("withdrawn: images that use the package are rejected, with the reason", async () => {
  await withdraw();
  await catalogue.commit("jq is withdrawn");
  const { stderr, code } = await plan();
  assert.is(code, 3);
  assert.match(
    stderr,
    `${TOOLS}:4:19: error package-withdrawn: the package jq was withdrawn on 2026-03-01: it has a hole`,
  );
  assert.match(stderr, "hint: use gojq");
  assert.match(stderr, "Images that use it: tools; derived from them: app, blue, green");
});

test("withdrawn with `deprecate`: images that use the package are deprecated, and nothing is rebuilt", async () => {
  await withdraw(", dependents: deprecate");
  await catalogue.commit("jq is withdrawn");
  const { stdout, stderr, code } = await plan("--json");
  assert.is(code, 0);
  assert.equal((JSON.parse(stdout) as Plan).steps, []);
  assert.match(stderr, "warning package-withdrawn");
  assert.match(stderr, "warning approval-withdrawn");
  await catalogue.expect(0, ["gate", "--base", "main"]);
  await catalogue.git.checkout(["-B", "main"]);
  await catalogue.git.checkoutLocalBranch("more");
  await catalogue.edit("images/side/image.yaml", "labels:", "system-packages: [jq]\nlabels:");
  await catalogue.commit("One more");
  const report = await catalogue.json<GateReport>(["gate", "--base", "main"], 3);
  assert.equal(
    report.diagnostics.filter(({ severity }) => severity === "error").map(({ code, file }) => `${file} ${code}`),
    ["images/side/image.yaml package-withdrawn"],
  );
});

test("no new image may derive from a deprecated one; existing ones remain valid", async () => {
  await catalogue.edit(
    "images/side/image.yaml",
    "labels:",
    "metadata: { deprecated: { since: 2026-01-01, reason: old } }\nlabels:",
  );
  await catalogue.write("images/old/image.yaml", 'name: old\nversion: "1"\nparent: side\n');
  await catalogue.commit("side is deprecated");
  await catalogue.git.checkout(["-B", "main"]);
  await catalogue.git.checkoutLocalBranch("more");
  await catalogue.edit("images/old/image.yaml", '"1"', '"2"');
  await catalogue.commit("What is there goes on");
  await catalogue.expect(0, ["gate", "--base", "main"]);
  await catalogue.write("images/new/image.yaml", 'name: new\nversion: "1"\nparent: side\n');
  await catalogue.commit("A new one");
  const report = await catalogue.json<GateReport>(["gate", "--base", "main"], 3);
  assert.equal(
    report.diagnostics
      .filter(({ severity }) => severity === "error")
      .map(({ code, file, line }) => `${file}:${line} ${code}`),
    ["images/new/image.yaml:3 deprecated-image-new"],
  );
  await catalogue.edit("images/side/image.yaml", "2026-01-01", "2999-01-01");
  await catalogue.commit("Not yet");
  await catalogue.expect(0, ["gate", "--base", "main"]);
});

test.run();
