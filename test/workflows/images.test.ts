import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { mergeGroupEvent, type PullRequest, pullRequestEvent } from "../support/actions/events.js";
import { ROOT } from "../support/actions/files.js";
import { Sandbox } from "../support/actions/sandbox.js";
import { assert, suite } from "../support/suite.js";

const test = suite("workflows: images");
const PLACE = { repository: "Acme/Images", server: "https://github.com", api: "https://api.github.com" };
const FILE = ".github/workflows/images.yml";
const stage = (...jobs: string[]) => ({ include: jobs.map((images, at) => ({ job: String(at + 1), images })) });
const TWO_JOBS = { plan: { stdout: JSON.stringify({ stages: [stage("a b", "c")] }) }, gate: { report: "{}" } };
const ONE_JOB = { ...TWO_JOBS, plan: { stdout: JSON.stringify({ stages: [stage("a")] }) } };

let sandbox: Sandbox;
let pull: PullRequest;
test.before(async () => {
  sandbox = await Sandbox.create();
  const base = await sandbox.commit({ "images/a/image.yaml": "name: a\n" }, { refs: ["refs/heads/main"] });
  // The pull request brings an action of its own, a state that says all is built, and a report.
  const hostile = `name: x\ndescription: x\nruns:\n  using: composite\n  steps:\n    - { shell: bash, run: "touch ${sandbox.path("pwned")}" }\n`;
  const files = { "action.yml": hostile, ".slipway/registry/index.json": "{}", "slipway-report/report.json": "{}" };
  const sha = await sandbox.commit(files, { on: base, refs: ["refs/pull/1/head", "refs/pull/1/merge"] });
  const head = { repository: "mallory/Images", branch: "topic", sha };
  pull = { number: 1, title: "A title", base: { branch: "main", sha: base }, head, merge: sha };
});
test.after(async () => await sandbox.remove());

test("each job gets its images, the head as data, and the tool of the base", async () => {
  const { conclusion, jobs } = await sandbox.run({
    file: FILE,
    event: pullRequestEvent(PLACE, pull),
    answers: TWO_JOBS,
  });
  assert.equal(
    jobs.map(({ name, conclusion: ended }) => `${name} ${ended}`),
    ["plan success", "build (0) success", "build (1) success", "gate success"],
  );
  assert.is(conclusion, "success");
  const calls = await sandbox.slipway.calls();
  const { sha } = pull.head;
  const temp = (job: string) => `${jobs.find(({ name }) => name === job)?.workspace.replace(/workspace$/, "temp")}`;
  const build = (job: string) => ["--ref", sha, "--registry", `oci:${temp(job)}/slipway-state/registry`, "--json"];
  const results = [0, 1].map((at) => `${temp("gate")}/slipway-results/slipway-results-${at}/results.json`);
  assert.equal(
    calls.map(({ argv }) => argv),
    [
      ["plan", "--base", "refs/remotes/origin/main", "--head", sha, "--matrix", "8"],
      ["build", "a", "b", ...build("build (0)")],
      ["build", "c", ...build("build (1)")],
      [
        "gate",
        "--base",
        "refs/remotes/origin/main",
        "--head",
        sha,
        "--out",
        `${temp("gate")}/slipway-report`,
        "--results",
        ...results,
      ],
    ],
  );
  for (const { cwd } of calls) assert.match(await readFile(`${cwd}/action.yml`, "utf8"), "pwned");
  assert.not(existsSync(sandbox.path("pwned")), "the pull request's own action ran");
});

test("no job may write, meets a token in its environment, or has its state where the pull request could put it", async () => {
  sandbox.permissions.length = 0;
  await sandbox.run({ file: FILE, event: pullRequestEvent(PLACE, pull), answers: TWO_JOBS });
  assert.equal(sandbox.permissions, Array(4).fill({ contents: "read" }));
  for (const { argv, env, cwd, auth } of await sandbox.slipway.calls()) {
    assert.is(auth, "");
    assert.match(env.SLIPWAY_STATE ?? "", /\/temp\/slipway-state$/);
    assert.not.ok(env.SLIPWAY_STATE?.startsWith(cwd));
    assert.equal(
      Object.keys(env).filter((name) => name.startsWith("GITHUB_")),
      [],
      argv[0],
    );
  }
});

/** Names that Git takes for a branch: no spaces, so the shell's own word for one. */
const SPACE = `\${IFS}`;
const RUN = `touch${SPACE}pwned`;
const BRANCHES = [`x";${RUN};"$(${RUN})\`${RUN}\`';${RUN}`, "--upload-pack=pwned"];

test("hostile names of branches are arguments, never commands", async () => {
  for (const branch of BRANCHES) {
    const ref = `refs/heads/${branch}`;
    // The one place where Git itself would refuse it: a branch that begins with a dash can only be made by plumbing.
    await sandbox.commit({}, { on: pull.base.sha, refs: [ref] });
    const hostile = { ...pull, title: branch, base: { ...pull.base, branch }, head: { ...pull.head, branch } };
    const { jobs } = await sandbox.run({ file: FILE, event: pullRequestEvent(PLACE, hostile), answers: ONE_JOB });
    const calls = await sandbox.slipway.calls();
    assert.is(jobs.at(-1)?.conclusion, "success", `${branch}: ${jobs.map(({ log }) => log).join("")}`);
    const plan = ["plan", "--base", `refs/remotes/origin/${branch}`, "--head", pull.head.sha, "--matrix", "8"];
    assert.equal(calls[0]?.argv, plan);
    for (const { cwd } of calls) assert.not(existsSync(`${cwd}/pwned`), branch);
    for (const { workspace } of jobs) assert.not(existsSync(`${workspace}/pwned`), branch);
  }
});

test("nothing to build: no build job, and the gate still runs", async () => {
  const answers = { plan: { stdout: JSON.stringify({ stages: [stage()] }) }, gate: { report: "{}" } };
  const { conclusion, jobs } = await sandbox.run({ file: FILE, event: pullRequestEvent(PLACE, pull), answers });
  assert.equal(
    jobs.map(({ name, conclusion: ended }) => `${name} ${ended}`),
    ["plan success", "build skipped", "gate success"],
  );
  assert.is(conclusion, "success");
  assert.not.ok((await sandbox.slipway.calls()).at(-1)?.argv.includes("--results"));
});

test("the gate is red when the plan is rejected, when a build fails, and when a job dies without results", async () => {
  const cases = {
    rejected: { ...ONE_JOB, plan: { code: 3 } },
    failed: { ...ONE_JOB, build: { code: 1, stdout: '{"results":[]}' } },
    gate: { ...ONE_JOB, gate: { code: 3, report: '{"said":"no"}' } },
  };
  for (const [what, answers] of Object.entries(cases)) {
    const { jobs } = await sandbox.run({ file: FILE, event: pullRequestEvent(PLACE, pull), answers, runId: 100 });
    assert.is(jobs.at(-1)?.name, "gate");
    assert.is(jobs.at(-1)?.conclusion, "failure", what);
    const verbs = (await sandbox.slipway.calls()).map(({ argv }) => argv[0]);
    assert.equal(verbs, what === "rejected" ? ["plan", "gate"] : ["plan", "build", "gate"]);
  }
  // The report is there whatever the gate said.
  assert.is(await readFile(`${sandbox.artifacts.path(100, "slipway-report")}/report.json`, "utf8"), '{"said":"no"}');
});

test("what a build prints is not obeyed, on either stream", async () => {
  const hostile = "::error file=catalog/x.yaml::forged\n::set-output name=first::[]\n::add-mask::a\n";
  const answers = {
    ...ONE_JOB,
    build: { stdout: hostile, stderr: hostile },
    gate: { stdout: "::error file=a.yaml,line=2::real", report: "{}" },
  };
  const { jobs } = await sandbox.run({ file: FILE, event: pullRequestEvent(PLACE, pull), answers });
  await sandbox.slipway.calls();
  assert.match(jobs[1]?.log ?? "", "forged");
  assert.equal(
    jobs.flatMap(({ annotations }) => annotations),
    [{ level: "error", message: "real", file: "a.yaml", line: 2 }],
  );
});

test("a merge group is compared with the branch that it would go to", async () => {
  const group = mergeGroupEvent(PLACE, { base: pull.base, sha: pull.head.sha });
  const { jobs } = await sandbox.run({ file: FILE, event: group, answers: ONE_JOB });
  assert.is(jobs.at(-1)?.conclusion, "success");
  const [plan] = await sandbox.slipway.calls();
  assert.equal(plan?.argv, ["plan", "--base", "refs/remotes/origin/main", "--head", pull.head.sha, "--matrix", "8"]);
});

test("the ready-made workflow builds in its one job", async () => {
  const actions = new Map([["OWNER/slipway@0123456789abcdef0123456789abcdef01234567", ROOT]]);
  const event = pullRequestEvent(PLACE, pull);
  const { jobs } = await sandbox.run({
    file: "docs/workflows/images.yml",
    event,
    actions,
    answers: TWO_JOBS,
    runId: 300,
  });
  const calls = await sandbox.slipway.calls();
  assert.is(jobs[0]?.conclusion, "success", jobs[0]?.log);
  const argv = ["gate", "--base", "refs/remotes/origin/main", "--head", pull.head.sha, "--out"];
  assert.equal(calls[0]?.argv.slice(0, 6), argv);
  assert.equal(calls[0]?.argv.slice(7), ["--build"]);
  assert.equal(await sandbox.artifacts.names(300), ["slipway-report"]);
});

test.run();
