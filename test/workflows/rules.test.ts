import { workflowFiles } from "../support/actions/files.js";
import { readAction, readWorkflow } from "../support/actions/parser.bundle.js";
import {
  actionsArePinned,
  credentialsAreNotKept,
  foreignCodeMeetsNoSecret,
  jobsEnd,
  machinesAreNamed,
  matricesAreBounded,
  noPullRequestTarget,
  oneJobStandsForAll,
  permissionsAreLeast,
  releaserRunsNoProjectCode,
  scriptsHoldNoForeignText,
  scriptsRunInBash,
  trustedHalfStaysApart,
  type WorkflowRule,
} from "../support/actions/rules.js";
import { assert, suite } from "../support/suite.js";

const test = suite("workflows: rules");

const RULES: Record<string, WorkflowRule> = {
  "actions are pinned": actionsArePinned,
  "permissions are least": permissionsAreLeast,
  "what signs releases runs no code of the project": releaserRunsNoProjectCode,
  "foreign code meets no secret": foreignCodeMeetsNoSecret,
  "there is no pull_request_target": noPullRequestTarget,
  "the trusted half stays apart": trustedHalfStaysApart,
  "scripts contain no foreign text": scriptsHoldNoForeignText,
  "scripts run in bash": scriptsRunInBash,
  "credentials are not persisted": credentialsAreNotKept,
  "jobs have a time limit": jobsEnd,
  "machines are named": machinesAreNamed,
  "one job stands for all": oneJobStandsForAll,
  "matrices are bounded": matricesAreBounded,
};

/** An expression as workflows write it; the linter would take a literal one for a template string. */
const of = (expression: string) => `\${{ ${expression} }}`;

const files = await workflowFiles();

test("GitHub's own parser accepts every workflow and the action", () => {
  assert.ok(files.length >= 12, `${files.length} files`);
  assert.equal(
    files.flatMap(({ name, errors }) => errors.map((error) => `${name}:${error}`)),
    [],
  );
});

for (const [title, rule] of Object.entries(RULES)) {
  test(`${title}: in every workflow and the action`, () => assert.equal(files.flatMap(rule), []));
}

test("the parser reports what GitHub would reject, with its place", async () => {
  const unknown = `on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n      - run: echo ${of("githb.sha")}\n`;
  assert.equal((await readWorkflow("w.yml", unknown)).errors, ["6:19: Unrecognized named-value: 'githb'"]);
  const composite = "name: a\ndescription: b\nruns:\n  using: composite\n  steps:\n    - run: echo\n";
  assert.equal(readAction("action.yml", composite).errors, ["6:7: Required property is missing: shell"]);
});

const SHA = "de0fac2e4500dabe0009e67214ff5f5447ce83dd";

/** A workflow with one job; `job` and `steps` are lines of YAML at their own indentation. */
function workflow(on: string, steps: string, { top = "permissions: {}", job = "" } = {}): string {
  return `on: ${on}\n${top}\njobs:\n  a:\n    runs-on: ubuntu-24.04\n    timeout-minutes: 1\n${job}    steps:\n${steps}`;
}

async function check(rule: WorkflowRule, text: string): Promise<string[]> {
  const file = await readWorkflow("w.yml", text);
  assert.equal(file.errors, []);
  return rule(file);
}

test("actions by tag, by branch, by a short commit, and without the version", async () => {
  const uses = (text: string) => `      - uses: ${text}\n`;
  const steps = ["a/b@v1", "a/b@main", `a/b@${SHA.slice(0, 12)}`, `a/b@${SHA}`, `a/b@${SHA} # v1.2.3`, "./x"].map(uses);
  assert.equal(await check(actionsArePinned, workflow("push", steps.join(""))), [
    "w.yml:8:15: a/b@v1: pin it by a commit of 40 digits",
    "w.yml:9:15: a/b@main: pin it by a commit of 40 digits",
    "w.yml:10:15: a/b@de0fac2e4500: pin it by a commit of 40 digits",
    `w.yml:11:15: a/b@${SHA}: say the version in a comment`,
  ]);
});

const RUN = "      - run: echo\n";

test("permissions: none, all, for every job, more than an event needs", async () => {
  const messages = async (on: string, top: string, job = "") =>
    (await check(permissionsAreLeast, workflow(on, RUN, { top, job }))).map((text) =>
      text.replace(/^w.yml:\d+:\d+: /, ""),
    );
  assert.equal(await messages("push", ""), ["no permissions: a token may then write everything"]);
  assert.equal(await messages("push", "permissions: write-all"), ["write-all: name each permission"]);
  assert.equal(await messages("push", "permissions: { packages: write }"), [
    "packages: write for all jobs: give it to the one that needs it",
  ]);
  const contents = "    permissions: { contents: write }\n";
  assert.equal(await messages("push", "permissions: {}", contents), ["contents: write is not for push"]);
  const packages = "    permissions: { packages: write }\n";
  assert.equal(await messages("push", "permissions: {}", packages), []);
  assert.equal(await messages("{ push: { tags: [v1] } }", "permissions: {}", contents), []);
  assert.equal(await messages("{ push: { tags: [v1], branches: [main] } }", "permissions: {}", contents), [
    "contents: write is not for push",
  ]);
  assert.equal(await messages("[push, pull_request]", "permissions: {}", packages), [
    "packages: write is not for push, pull_request",
  ]);
});

test("what signs releases: scripts, programs and actions of the checkout, in whatever notation", async () => {
  const job = "    permissions: { id-token: write }\n";
  const messages = async (step: string, rights = job) =>
    await check(releaserRunsNoProjectCode, workflow("{ push: { tags: [v1] } }", `      - ${step}\n`, { job: rights }));
  const project = [
    "run: npm pack",
    "run: ./x",
    "run: bash .ci/run",
    "run: a && node a",
    "uses: ./action",
    "run: sh x.sh",
  ];
  for (const step of project) {
    assert.equal(await messages(step), ["w.yml:9:9: a: no code of the project where releases are signed"], step);
    assert.equal(await messages(step, ""), [], step);
  }
  for (const step of [`uses: a/b@${SHA}`, "run: sha256sum --check SUMS", "run: gh release create x"]) {
    assert.equal(await messages(step), [], step);
  }
});

test("secrets where a pull request's code runs, in whatever form", async () => {
  const steps = [
    `      - run: echo\n        env: { A: '${of("secrets.A")}', B: "${of("secrets['B']")}", C: '${of("github.token")}' }\n`,
    `      - uses: ./x\n        with: { t: '${of("toJSON(secrets)")}', u: '${of("toJSON(github)")}' }\n`,
  ].join("");
  for (const event of ["pull_request", "merge_group", "pull_request_review", "issue_comment"]) {
    assert.is((await check(foreignCodeMeetsNoSecret, workflow(event, steps))).length, 5, event);
  }
  assert.equal(await check(foreignCodeMeetsNoSecret, workflow("push", steps)), []);
});

test("pull_request_target, in every notation", async () => {
  for (const on of [
    "pull_request_target",
    "[push, pull_request_target]",
    "{ pull_request_target: { types: [opened] } }",
  ]) {
    assert.is((await check(noPullRequestTarget, workflow(on, RUN))).length, 1, on);
  }
});

test("the trusted half: a checkout of the pull request, an artifact among the code", async () => {
  const steps = [
    `      - uses: actions/checkout@${SHA}\n        with: { ref: '\${{ github.event.workflow_run.head_sha }}' }\n`,
    `      - uses: actions/checkout@${SHA}\n        with: { repository: '\${{ github.event.workflow_run.head_repository.full_name }}' }\n`,
    `      - uses: actions/download-artifact@${SHA}\n        with: { name: x }\n`,
    `      - uses: actions/download-artifact@${SHA}\n        with: { name: x, path: '\${{ runner.temp }}/../x' }\n`,
  ].join("");
  assert.equal(
    (await check(trustedHalfStaysApart, workflow("{ workflow_run: { workflows: [a] } }", steps))).map((text) =>
      text.slice(0, 30),
    ),
    [
      "w.yml:9:23: ${{ github.event.w",
      "w.yml:11:30: ${{ github.event.",
      "w.yml:12:9: an artifact goes t",
      "w.yml:14:9: an artifact goes t",
    ],
  );
  const action = `name: a\ndescription: b\nruns:\n  using: composite\n  steps:\n    - uses: actions/checkout@${SHA}\n      with: { ref: x }\n`;
  assert.equal(trustedHalfStaysApart(readAction("action.yml", action)), [
    "action.yml:7:20: x: the default branch is what may be checked out here",
  ]);
});

test("scripts: they may contain only values that GitHub itself writes", async () => {
  const foreign = [
    "github.head_ref",
    "github.event.pull_request.title",
    "inputs.x || github.sha",
    "format('{0}', github.actor)",
    "env.X",
    "steps.a.outputs.b",
    "matrix.images",
  ];
  for (const expression of foreign) {
    const on = "{ workflow_dispatch: { inputs: { x: {} } } }";
    const messages = await check(
      scriptsHoldNoForeignText,
      workflow(on, `      - run: |\n          true\n          echo "\${{ ${expression} }}"\n`),
    );
    assert.equal(messages, [`w.yml:8:14: \${{ ${expression} }} in a script: pass it in env:`]);
  }
  assert.equal(
    await check(
      scriptsHoldNoForeignText,
      workflow("push", `      - run: cd ${of("runner.temp")}/${of("github.run_id")}\n`),
    ),
    [],
  );
});

test("no shell, persisted credentials, no time limit, a changing machine", async () => {
  const bad = `on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: actions/checkout@${SHA}\n      - run: echo\n`;
  assert.equal(await check(scriptsRunInBash, bad), [
    "w.yml:7:9: shell: bash, which stops at a failure in a pipe as well",
  ]);
  assert.equal(await check(credentialsAreNotKept, bad), [
    "w.yml:6:9: persist-credentials: false, or whatever runs later can read the token",
  ]);
  assert.equal(await check(jobsEnd, bad), ["w.yml:4:5: a: no timeout-minutes, so six hours"]);
  assert.equal(await check(machinesAreNamed, bad), ["w.yml:4:5: a: runs-on ubuntu-24.04; -latest changes by itself"]);
});

test("one job stands for all: it exists, needs all others, always runs, and has one name", async () => {
  const job = (name: string, rest = "") => `  ${name}:\n    runs-on: x\n${rest}    steps:\n${RUN}`;
  const on = "on: pull_request\njobs:\n";
  assert.equal(await check(oneJobStandsForAll, on + job("a") + job("b")), [
    "w.yml:1:1: no job named gate that can be required",
  ]);
  const gate = job("gate", "    needs: a\n    if: failure()\n    strategy: { matrix: { x: [1] } }\n");
  assert.equal(await check(oneJobStandsForAll, on + job("a") + job("b") + gate), [
    "w.yml:12:5: gate does not need b",
    "w.yml:12:5: gate does not run always()",
    "w.yml:12:5: gate has a matrix, so another name each time",
  ]);
  const good = job("gate", "    needs: [a, b]\n    if: always()\n");
  assert.equal(await check(oneJobStandsForAll, on + job("a") + job("b") + good), []);
});

test("matrices: too many jobs, and possibly empty ones", async () => {
  const matrix = (text: string, condition = "") =>
    check(
      matricesAreBounded,
      `on: push\njobs:\n  p:\n    runs-on: x\n    outputs: { m: "1" }\n    steps:\n${RUN}  a:\n    needs: p\n    runs-on: x\n${condition}    strategy:\n      matrix: ${text}\n    steps:\n${RUN}`,
    );
  const seventeen = `[${Array.from({ length: 17 }, (_, at) => at).join(", ")}]`;
  assert.equal(await matrix(`{ x: ${seventeen}, y: ${seventeen} }`), ["w.yml:12:15: a: 289 jobs, at most 256"]);
  assert.equal(await matrix(`{ x: ${seventeen} }`), []);
  const computed = of("fromJSON(needs.p.outputs.m)");
  assert.equal(await matrix(computed), [
    "w.yml:9:5: a: if: needs.p.outputs.m != '', because a matrix without jobs fails",
  ]);
  assert.equal(await matrix(computed, "    if: needs.p.outputs.m != ''\n"), []);
  assert.equal(await matrix(of("fromJSON(github.event.x)")), ["w.yml:12:15: a: fromJSON of one output of a job"]);
});

test.run();
