import { mkdir, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { findReport } from "../../scripts/action/find-report.js";
import { workflowRunEvent } from "../support/actions/events.js";
import { Sandbox } from "../support/actions/sandbox.js";
import { assert, suite } from "../support/suite.js";

const test = suite("workflows: report");
const FILE = ".github/workflows/report.yml";
const HEAD = { repository: "mallory/Images", branch: '$(id)";x', sha: "a".repeat(40) };

/** Runs of the repository, and which of them have a report. */
const RUNS = [
  { id: 40, head_sha: HEAD.sha, head_branch: HEAD.branch, head_repository: { id: 9 } },
  { id: 41, head_sha: HEAD.sha, head_branch: HEAD.branch, head_repository: { id: 9 } },
  // Newer runs of the same commit: one cancelled before it had a report, one of another fork, one of another branch.
  { id: 42, head_sha: HEAD.sha, head_branch: HEAD.branch, head_repository: { id: 9 } },
  { id: 43, head_sha: HEAD.sha, head_branch: HEAD.branch, head_repository: { id: 8 } },
  { id: 44, head_sha: HEAD.sha, head_branch: "other", head_repository: { id: 9 } },
];
const REPORTS = [40, 41, 43, 44, 50];
const asked: string[] = [];

function answer(url: string): unknown {
  asked.push(url);
  const { pathname, searchParams } = new URL(url, "http://x");
  const run = /\/actions\/runs\/(\d+)\/artifacts$/.exec(pathname)?.[1];
  if (run !== undefined)
    return { artifacts: REPORTS.includes(Number(run)) ? [{ name: "slipway-report", expired: false }] : [] };
  return { workflow_runs: RUNS.filter(({ head_sha }) => head_sha === searchParams.get("head_sha")) };
}

let sandbox: Sandbox;
let server: Server;
let sha = "";
let authorization: string | undefined;
let place = { repository: "Acme/Images", server: "https://github.com", api: "" };
test.before(async () => {
  sandbox = await Sandbox.create();
  sha = await sandbox.commit({}, { refs: ["refs/heads/main"] });
  for (const run of REPORTS) {
    await mkdir(sandbox.artifacts.path(run, "slipway-report"), { recursive: true });
    await writeFile(join(sandbox.artifacts.path(run, "slipway-report"), "report.json"), `{"run":${run}}`);
  }
  server = createServer((request, response) => {
    authorization = request.headers.authorization;
    response.end(JSON.stringify(answer(request.url ?? "")));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  place = { ...place, api: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
});
test.after(async () => {
  server.close();
  server.closeAllConnections();
  await sandbox.remove();
});

const run = (id: number, event: string) =>
  workflowRunEvent(
    place,
    { branch: "main", sha },
    { id, event, name: "images", head: HEAD, headRepositoryId: 9, conclusion: "success" },
  );

test("after a run of the pull request: its own report, with only the rights for that", async () => {
  sandbox.permissions.length = 0;
  const secrets = { SLIPWAY_MEMBERS_TOKEN: "reads-teams" };
  const { jobs } = await sandbox.run({ file: FILE, event: run(50, "pull_request"), secrets });
  assert.is(jobs[0]?.conclusion, "success", jobs[0]?.log);
  const [call] = await sandbox.slipway.calls();
  const temp = jobs[0]?.workspace.replace(/workspace$/, "temp");
  assert.equal(call?.argv, ["gate", "--publish", `${temp}/slipway-report/report.json`]);
  assert.is(call?.env.GITHUB_TOKEN, "token-1");
  assert.is(call?.env.SLIPWAY_MEMBERS_TOKEN, "reads-teams");
  assert.is(authorization, "Bearer token-1");
  const read = { actions: "read", contents: "read" };
  assert.equal(sandbox.permissions, [{ ...read, checks: "write", "pull-requests": "write", statuses: "write" }]);
});

test("after a review: the newest report of the same commit, branch and repository", async () => {
  asked.length = 0;
  const { jobs } = await sandbox.run({ file: FILE, event: run(60, "pull_request_review") });
  assert.is(jobs[0]?.conclusion, "success", jobs[0]?.log);
  assert.match(jobs[0]?.log ?? "", "artifact slipway-report of run 41\n");
  assert.is((await sandbox.slipway.calls()).length, 1);
  assert.equal(asked, [
    `/repos/Acme/Images/actions/runs?head_sha=${HEAD.sha}&event=pull_request&status=completed&per_page=100`,
    "/repos/Acme/Images/actions/runs/42/artifacts?name=slipway-report&per_page=100",
    "/repos/Acme/Images/actions/runs/41/artifacts?name=slipway-report&per_page=100",
  ]);
});

test("without a report nothing is published, and the run succeeds", async () => {
  const { jobs } = await sandbox.run({ file: FILE, event: run(51, "pull_request") });
  assert.is(jobs[0]?.conclusion, "success");
  assert.match(jobs[0]?.log ?? "", "There is no report for this commit");
  assert.equal(await sandbox.slipway.calls(), []);
});

test("a merge group has no pull request to report to", async () => {
  assert.is((await sandbox.run({ file: FILE, event: run(50, "merge_group") })).jobs[0]?.conclusion, "skipped");
});

test("a failure to publish fails the run", async () => {
  const { conclusion } = await sandbox.run({
    file: FILE,
    event: run(50, "pull_request"),
    answers: { gate: { code: 4 } },
  });
  assert.is(conclusion, "failure");
  await sandbox.slipway.calls();
});

test("a payload or an answer of the wrong form names no run", async () => {
  const review = { workflow_run: { id: 1, event: "pull_request_review", head_sha: "x&status=y" } };
  const refuse = async () => assert.unreachable("it asked");
  assert.is(await findReport(review, "a/b", refuse), undefined);
  assert.is(await findReport({ workflow_run: { id: "../x", event: "pull_request" } }, "a/b", refuse), undefined);
  assert.is(await findReport(null, "a/b", refuse), undefined);
  const expired = async () => ({ artifacts: [{ expired: true }] });
  assert.is(await findReport({ workflow_run: { id: 3, event: "pull_request" } }, "a/b", expired), undefined);
  assert.is(await findReport({ workflow_run: { id: 3, event: "pull_request" } }, "a/b", async () => [1]), undefined);
});

test.run();
