import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { mergeGroupEvent, type PullRequest, pullRequestEvent } from "../support/actions/events.js";
import { ROOT } from "../support/actions/files.js";
import { answersFor, hostilePull, PLACE } from "../support/actions/hostile-pull.js";
import { Sandbox } from "../support/actions/sandbox.js";
import { assert, suite } from "../support/suite.js";

const test = suite("workflows: images");
const FILE = ".github/workflows/images.yml";

let sandbox: Sandbox;
let pull: PullRequest;
test.before(async () => {
  sandbox = await Sandbox.create();
  pull = await hostilePull(sandbox);
});
test.after(async () => await sandbox.remove());

test("each job gets its images, the head as data, and Slipway from the base", async () => {
  const { conclusion, jobs } = await sandbox.run({
    file: FILE,
    event: pullRequestEvent(PLACE, pull),
    answers: answersFor("a b", "c"),
  });
  assert.equal(
    jobs.map(({ name, conclusion: ended }) => `${name} ${ended}`),
    ["plan success", "build (0) success", "build (1) success", "gate success"],
  );
  assert.is(conclusion, "success");
  const calls = await sandbox.slipway.calls();
  const { sha } = pull.head;
  const temp = (job: string) => `${jobs.find(({ name }) => name === job)?.workspace.replace(/workspace$/, "temp")}`;
  const resultsIn = (directory: string) => ["--results", `${directory}/slipway-results/results.json`];
  const build = (job: string) => [
    "--ref",
    sha,
    "--registry",
    `oci:${temp(job)}/slipway-state/registry`,
    ...resultsIn(temp(job)),
  ];
  const results = [0, 1].map((at) => `${temp("gate")}/slipway-results/slipway-results-${at}/results.json`);
  assert.equal(
    calls.map(({ argv }) => argv),
    [
      ["plan", "--since", "refs/remotes/origin/main", "--head", sha, "--matrix", "8"],
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

test("nothing to build: no build job, and the gate still runs", async () => {
  const answers = { ...answersFor() };
  const { conclusion, jobs } = await sandbox.run({ file: FILE, event: pullRequestEvent(PLACE, pull), answers });
  assert.equal(
    jobs.map(({ name, conclusion: ended }) => `${name} ${ended}`),
    ["plan success", "build skipped", "gate success"],
  );
  assert.is(conclusion, "success");
  assert.not.ok((await sandbox.slipway.calls()).at(-1)?.argv.includes("--results"));
});

test("a merge group is compared with its target branch", async () => {
  const group = mergeGroupEvent(PLACE, { base: pull.base, sha: pull.head.sha });
  const { jobs } = await sandbox.run({ file: FILE, event: group, answers: answersFor("a") });
  assert.is(jobs.at(-1)?.conclusion, "success");
  const [plan] = await sandbox.slipway.calls();
  assert.equal(plan?.argv, ["plan", "--since", "refs/remotes/origin/main", "--head", pull.head.sha, "--matrix", "8"]);
});

test("the ready-made workflow builds in its one job", async () => {
  const actions = new Map([["OWNER/slipway@0123456789abcdef0123456789abcdef01234567", ROOT]]);
  const event = pullRequestEvent(PLACE, pull);
  const { jobs } = await sandbox.run({
    file: "docs/workflows/images.yml",
    event,
    actions,
    answers: answersFor("a b", "c"),
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
