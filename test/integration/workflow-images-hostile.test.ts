import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { type PullRequest, pullRequestEvent } from "../support/actions/events.js";
import { answersFor, hostilePull, PLACE } from "../support/actions/hostile-pull.js";
import { Sandbox } from "../support/actions/sandbox.js";
import { assert, suite } from "../support/suite.js";

const test = suite("workflows: images, hostile");
const FILE = ".github/workflows/images.yml";

let sandbox: Sandbox;
let pull: PullRequest;
test.before(async () => {
  sandbox = await Sandbox.create();
  pull = await hostilePull(sandbox);
});
test.after(async () => await sandbox.remove());

test("no job may write, sees a token in its environment, or keeps its state where the pull request could change it", async () => {
  sandbox.permissions.length = 0;
  await sandbox.run({ file: FILE, event: pullRequestEvent(PLACE, pull), answers: answersFor("a") });
  assert.equal(sandbox.permissions, Array(3).fill({ contents: "read" }));
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

/** Valid names of branches. Git allows no spaces, so they use the shell's variable for one. */
const SPACE = `\${IFS}`;
const RUN = `touch${SPACE}pwned`;
const BRANCHES = [`x";${RUN};"$(${RUN})\`${RUN}\`';${RUN}`, "--upload-pack=pwned"];

test("hostile names of branches are arguments, never commands", async () => {
  for (const branch of BRANCHES) {
    const ref = `refs/heads/${branch}`;
    // Git's porcelain refuses a branch that begins with a dash, so the ref is written directly.
    await sandbox.commit({}, { on: pull.base.sha, refs: [ref] });
    const hostile = { ...pull, title: branch, base: { ...pull.base, branch }, head: { ...pull.head, branch } };
    const { jobs } = await sandbox.run({
      file: FILE,
      event: pullRequestEvent(PLACE, hostile),
      answers: answersFor("a"),
    });
    const calls = await sandbox.slipway.calls();
    assert.is(jobs.at(-1)?.conclusion, "success", `${branch}: ${jobs.map(({ log }) => log).join("")}`);
    const plan = ["plan", "--since", `refs/remotes/origin/${branch}`, "--head", pull.head.sha, "--matrix", "8"];
    assert.equal(calls[0]?.argv, plan);
    for (const { cwd } of calls) assert.not(existsSync(`${cwd}/pwned`), branch);
    for (const { workspace } of jobs) assert.not(existsSync(`${workspace}/pwned`), branch);
  }
});

test("the gate fails when the plan is rejected, when a build fails, and when a job crashes without results", async () => {
  const cases = {
    rejected: { ...answersFor("a"), plan: { code: 3 } },
    failed: { ...answersFor("a"), build: { code: 1, stdout: '{"results":[]}' } },
    gate: { ...answersFor("a"), gate: { code: 3, report: '{"said":"no"}' } },
  };
  for (const [what, answers] of Object.entries(cases)) {
    const { jobs } = await sandbox.run({ file: FILE, event: pullRequestEvent(PLACE, pull), answers, runId: 100 });
    assert.is(jobs.at(-1)?.name, "gate");
    assert.is(jobs.at(-1)?.conclusion, "failure", what);
    const verbs = (await sandbox.slipway.calls()).map(({ argv }) => argv[0]);
    assert.equal(verbs, what === "rejected" ? ["plan", "gate"] : ["plan", "build", "gate"]);
  }
  // The report exists whatever the gate's result.
  assert.is(await readFile(`${sandbox.artifacts.path(100, "slipway-report")}/report.json`, "utf8"), '{"said":"no"}');
});

test("workflow commands in a build's output are not executed, on either stream", async () => {
  const hostile = "::error file=catalog/x.yaml::forged\n::set-output name=first::[]\n::add-mask::a\n";
  const answers = {
    ...answersFor("a"),
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

test.run();
