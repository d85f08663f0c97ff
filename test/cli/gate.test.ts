import { readFile } from "node:fs/promises";
import { readReport } from "../../src/load/kinds/report.js";
import type { GateReport } from "../../src/model/gate.js";
import { TestCatalogue } from "../support/catalogue.js";
import { ROLES } from "../support/gate-project.js";
import { assert, suite } from "../support/suite.js";
import { Workspace } from "../support/workspace.js";

const test = suite("slipway gate");
let workspace: Workspace;
let catalogue: TestCatalogue;

test.before(async () => {
  workspace = await Workspace.create();
});
test.before.each(async () => {
  const files = { "policies/roles.yaml": ROLES, ".gitignore": ".slipway/\n" };
  catalogue = await TestCatalogue.create(workspace, "catalogue", files);
  await owners();
  await catalogue.commit("Owners");
  await catalogue.git.checkoutLocalBranch("change");
});
test.after.each(() => catalogue.delete("."));
test.after(() => workspace.remove());

async function owners(): Promise<void> {
  await catalogue.write(".github/CODEOWNERS", (await catalogue.expect(0, ["gate", "--codeowners"])).stdout);
}

const gate = (code = 0, ...args: readonly string[]) =>
  catalogue.json<GateReport>(["gate", "--base", "main", ...args], code);

test("the arguments must be in one of three forms", async () => {
  for (const args of [[], ["--base", "main", "--codeowners"], ["--publish", "x", "--base", "main"]]) {
    const { stderr } = await catalogue.expect(2, ["gate", ...args]);
    assert.match(stderr, /gate takes one of --base REF, --publish FILE and --codeowners/);
  }
  const { stderr } = await catalogue.expect(2, ["gate", "--publish", "nowhere.json"], {
    env: { ...workspace.env, GITHUB_TOKEN: "x", GITHUB_REPOSITORY: "a/b" },
  });
  assert.match(stderr, /cannot read nowhere\.json/);
  for (const [name, env] of [
    ["GITHUB_TOKEN", {}],
    ["GITHUB_REPOSITORY", { GITHUB_TOKEN: "x" }],
  ] as const) {
    const refused = await catalogue.expect(2, ["gate", "--publish", "x"], { env: { ...workspace.env, ...env } });
    assert.match(refused.stderr, new RegExp(`${name} is not set`));
  }
});

test("uncommitted edits are not judged, and it says so in one line; where a head is named nobody expects them", async () => {
  await catalogue.edit("images/side/image.yaml", "labels:", "env: { A: b }\nlabels:");
  await catalogue.write("images/new/image.yaml", "name: new\nversion: 1\nparent: base\n");
  const { stderr, stdout } = await catalogue.expect(0, ["gate", "--base", "main"]);
  assert.is(
    stderr,
    "2 files have uncommitted edits, which are not judged: the gate reads HEAD. `git commit` them first.\n",
  );
  assert.match(stdout, /^nothing to rebuild$/m);
  assert.is((await catalogue.expect(0, ["gate", "--base", "main", "--head", "HEAD"])).stderr, "");
  await catalogue.commit("Now they are");
  assert.is((await catalogue.expect(0, ["gate", "--base", "main"])).stderr, "");
});

test("the report is printed as JSON, written as JSON and Markdown, and added to the workflow's page", async () => {
  await catalogue.edit("images/app/app.conf", "none", "red");
  await catalogue.commit("Red");
  const summary = workspace.path("summary.md");
  const env = { ...workspace.env, GITHUB_STEP_SUMMARY: summary };
  const out = workspace.path("out");
  const { stdout } = await catalogue.expect(0, ["gate", "--base", "main", "--out", out, "--json"], { env });
  assert.is(await readFile(`${out}/report.json`, "utf8"), stdout);
  const read = readReport(stdout);
  assert.ok("report" in read, JSON.stringify(read));
  const markdown = await readFile(`${out}/report.md`, "utf8");
  assert.match(markdown, /^### 3 of 6 images rebuild/);
  assert.is(await readFile(summary, "utf8"), markdown);
  // A second report replaces the first completely.
  await catalogue.expect(0, ["gate", "--base", "HEAD", "--out", out]);
  assert.match(await readFile(`${out}/report.md`, "utf8"), /^### nothing to rebuild/);
});

test("a stale CODEOWNERS is told from a current one", async () => {
  await catalogue.expect(0, ["gate", "--codeowners", "--check"]);
  await catalogue.write("images/second/image.yaml", 'kind: BaseImage\nname: second\nversion: "1.0"\nfrom: scratch\n');
  const { stderr } = await catalogue.expect(3, ["gate", "--codeowners", "--check"]);
  assert.match(stderr, /\.github\/CODEOWNERS:\d+:1: error codeowners-stale/);
  await owners();
  await catalogue.expect(0, ["gate", "--codeowners", "--check"]);
  await catalogue.delete("policies/roles.yaml");
  await catalogue.expect(2, ["gate", "--codeowners"]);
});

test("a catalogue in a folder of a larger repository", async () => {
  const inside = TestCatalogue.empty(workspace, "larger", {
    "README.md": "everything\n",
    "infra/policies/roles.yaml": ROLES,
    "infra/images/base/image.yaml": 'kind: BaseImage\nname: base\nversion: "1.0"\nfrom: scratch\n',
  });
  const larger = await inside;
  const at = (...args: readonly string[]) => [...args, "--catalogue", "infra"];
  await larger.write(".github/CODEOWNERS", (await larger.expect(0, at("gate", "--codeowners"))).stdout);
  await larger.commit("Owners");
  await larger.expect(0, at("gate", "--codeowners", "--check"));
  await larger.git.checkoutLocalBranch("change");
  await larger.write("infra/images/app/image.yaml", 'name: app\nversion: "1.0"\nparent: bsae\n');
  await larger.commit("App");
  const report = await larger.json<GateReport>(at("gate", "--base", "main"), 3);
  assert.equal(
    report.diagnostics.map(({ code, file }) => [code, file]),
    [["unknown-parent", "infra/images/app/image.yaml"]],
  );
  assert.equal(
    report.requirements?.map(({ kind, paths }) => [kind, paths]),
    [["image", ["infra/images/app/image.yaml"]]],
  );
});

test("without roles no approval is needed; with broken roles none counts", async () => {
  await catalogue.git.checkout("main");
  await catalogue.delete("policies/roles.yaml");
  await catalogue.commit("No roles");
  await catalogue.git.checkoutLocalBranch("free");
  await catalogue.edit("images/app/app.conf", "none", "red");
  await catalogue.commit("Red");
  assert.is((await gate()).requirements, null);

  await catalogue.git.checkout("main");
  await catalogue.write("policies/roles.yaml", "kind: Roles\nroles: {}\n");
  await catalogue.commit("Broken roles");
  await catalogue.git.checkout("free");
  const { diagnostics, requirements } = await gate(3);
  assert.is(requirements, null);
  assert.ok(
    diagnostics.some(({ code }) => code === "roles-unreadable"),
    JSON.stringify(diagnostics),
  );
});

const exception = (expires: string) => `kind: Exceptions
exceptions:
  - rule: package-not-approved
    image: side
    package: htop
    owner: "@alice"
    reason: Until it is approved.
    expires: ${expires}
`;

test("an expired exception of the base is a rejection, and a change that renews it is not", async () => {
  await catalogue.git.checkout("main");
  await catalogue.edit("images/side/image.yaml", "labels:", "system-packages: [htop]\nlabels:");
  await catalogue.write("policies/exceptions.yaml", exception("2020-01-31"));
  await catalogue.commit("An exception that ends");
  await catalogue.git.checkoutLocalBranch("other");
  await catalogue.edit("images/app/app.conf", "none", "red");
  await catalogue.commit("Red");
  const codes = (report: GateReport) => report.diagnostics.map(({ code }) => code).sort();
  assert.equal(codes(await gate(3)), ["exception-expired", "package-not-approved"]);
  await catalogue.write("policies/exceptions.yaml", exception("2999-12-31"));
  await catalogue.commit("Renewed");
  const renewed = await gate(0);
  assert.equal(codes(renewed), []);
  assert.equal(
    renewed.requirements?.map(({ kind }) => kind),
    ["policy", "image"],
  );
});

test.run();
