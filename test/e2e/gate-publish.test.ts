import { forgeAccess } from "../../src/app/gate/forge.js";
import { publishGate } from "../../src/app/gate/publication.js";
import { createContext } from "../../src/context.js";
import type { Publication } from "../../src/model/gate.js";
import { dropped, type Fault, secondaryRateLimit, serverError } from "../support/forge/faults.js";
import { GateProject, type Half, REPOSITORY } from "../support/gate-project.js";
import { assert, suite } from "../support/suite.js";
import { Workspace } from "../support/workspace.js";

const test = suite("publishing a report on a forge that fails");
let workspace: Workspace;
let project: GateProject;
let pull: number;
let half: Half;
/** The result if nothing fails. */
let wanted: string;
let calls: readonly { readonly method: string; readonly path: string }[];

test.before(async () => {
  workspace = await Workspace.create();
  project = await GateProject.create(workspace);
  const clone = await project.clone("dave", "change");
  // Enough rejections for three requests of annotations.
  const packages = Array.from({ length: 120 }, (_, index) => `  - not-approved-${index}\n`).join("");
  await clone.edit("images/side/image.yaml", "labels:", `system-packages:\n${packages}labels:`);
  pull = await project.propose(clone, "dave", "A package that nobody approved");
  half = await project.pullRequestHalf(pull, [], 3);
  await project.review("mallory", pull, "APPROVE");
  reset();
  const before = project.forge.requests.length;
  await publish();
  calls = project.forge.requests.slice(before);
  wanted = state();
});
test.after(async () => {
  await project.stop();
  await workspace.remove();
});

/** The state before the first publication, except for a label that is now wrong. */
function reset(): void {
  const repository = project.forge.state.repositories.get(REPOSITORY);
  assert.ok(repository);
  project.forge.mend();
  repository.comments.clear();
  repository.checkRuns.clear();
  repository.statuses.length = 0;
  repository.labels.clear();
  repository.labels.set("rebuild: 2-10", { id: 1, name: "rebuild: 2-10", color: "bfd4f2", description: null });
  repository.pulls.get(pull)?.labels.clear();
  repository.pulls.get(pull)?.labels.add("rebuild: 2-10");
}

/** Everything that people see, without the forge's own numbers and times. */
function state(): string {
  const repository = project.forge.state.repositories.get(REPOSITORY);
  assert.ok(repository);
  const runs = [...repository.checkRuns.values()];
  return JSON.stringify(
    {
      comments: [...repository.comments.values()].map(({ body }) => body),
      checks: runs.map(({ name, status, conclusion, title, summary, annotations }) => {
        return { name, status, conclusion, title, summary, annotations };
      }),
      labels: [...(repository.pulls.get(pull)?.labels ?? [])],
    },
    null,
    1,
  );
}

/** The waiting times, in milliseconds. */
const waits: number[] = [];

async function publish(token?: string): Promise<Publication> {
  waits.length = 0;
  const env = { ...workspace.env, ...project.environment(token) };
  const context = { ...createContext({ catalogue: project.main.directory }, new AbortController().signal), env };
  const access = forgeAccess(context);
  const sleep = async (milliseconds: number) => {
    waits.push(milliseconds);
  };
  const [publication] = await publishGate(
    context,
    { publish: half.file, pull },
    {
      ...access,
      deps: { ...access.deps, sleep },
    },
  );
  assert.ok(publication);
  return publication;
}

test("one comment, one check with annotations, one label", () => {
  const { comments, checks, labels } = JSON.parse(wanted);
  assert.is(comments.length, 1);
  assert.match(comments[0], /rejected/);
  assert.is(checks.length, 1);
  assert.is(checks[0].conclusion, "failure");
  assert.equal(
    checks[0].annotations.map(({ path, start_line, title }: Record<string, unknown>) => [path, start_line, title]),
    Array.from({ length: 120 }, (_, index) => ["images/side/image.yaml", 5 + index, "package-not-approved"]),
  );
  assert.is(calls.filter(({ path }) => path.includes("/check-runs")).length, 4, "one look, one POST, two PATCHes");
  assert.equal(labels, ["rebuild: 0"]);
});

test("published again, nothing is written", async () => {
  reset();
  await publish();
  const before = project.forge.requests.length;
  const { done } = await publish();
  assert.ok(done.includes("comment unchanged"), done.join());
  assert.equal(
    project.forge.requests.slice(before).filter(({ method }) => method !== "GET"),
    [],
  );
  assert.is(state(), wanted);
});

/** A publication in which calls of one kind meet these faults. */
async function publishWith({ method, path }: (typeof calls)[number], ...faults: readonly Fault[]): Promise<void> {
  reset();
  const exact = new RegExp(
    `^${path.replace(/[.*+?^${}()|[\]\\]/g, "\\$&").replace(/check-runs\/\d+/, "check-runs/\\d+")}$`,
  );
  project.forge.fail({ method, path: exact }, ...faults);
  const { failures } = await publish();
  assert.equal(failures, [], `${method} ${path}`);
  assert.is(project.forge.faultsLeft, 0, `${method} ${path} met with no fault`);
  assert.is(waits.length, faults.length, `${method} ${path}: ${waits}`);
  assert.is(state(), wanted, `${method} ${path}`);
}

test("500, a secondary rate limit, a dropped connection and a lost answer, at each call in turn, give the same result", async () => {
  assert.ok(calls.length >= 8, `${calls.length} calls`);
  for (const call of calls) {
    await publishWith(call, serverError(500), secondaryRateLimit({ retryAfter: 30 }), dropped(), dropped("after"));
    assert.ok(waits.includes(30_000), `${waits}`);
  }
});

test("502 after the operation, at each call that writes: nothing is done twice", async () => {
  const writing = calls.filter(({ method }) => method !== "GET");
  assert.ok(writing.length >= 4, `${writing.length} calls`);
  for (const call of writing) await publishWith(call, serverError(502, "after"));
});

test("Git is retried after a dropped connection", async () => {
  reset();
  project.forge.fail({ path: /git-upload-pack$/ }, dropped(), serverError(502));
  assert.equal((await publish()).failures, []);
  assert.is(state(), wanted);
});

test("permanent failures are named, and everything else is done", async () => {
  const LASTING: readonly [string, RegExp, RegExp][] = [
    ["POST", /\/comments$/, /^could not write the comment: /],
    ["POST", /\/check-runs$/, /^could not write the check: /],
    ["POST", /\/labels$/, /^could not set the label: /],
  ];
  for (const [method, path, message] of LASTING) {
    reset();
    project.forge.fail({ method, path }, ...Array.from({ length: 50 }, () => serverError(500)));
    const { done, failures } = await publish();
    assert.is(failures.length, 1, failures.join());
    assert.match(failures[0] ?? "", message);
    assert.is(done.length, 2, done.join());
  }
});

test("the command then ends with 4, and says what was not done", async () => {
  reset();
  project.forge.failAlways({ method: "POST", path: /\/comments$/ }, 403);
  const { stdout } = await project.reportHalf(pull, half.file, 4);
  assert.match(stdout, /^pull request 1: .* · NOT DONE: could not write the comment: /m);
  assert.match(stdout, /check failure/);
  reset();
  project.forge.failAlways({ path: /\/pulls$/ }, 401);
  const { stderr } = await project.reportHalf(pull, half.file, 4);
  assert.match(stderr, /^slipway: could not find the pull request: /m);
});

test("a token that may not write check runs writes a commit status", async () => {
  reset();
  const { done, failures } = await publish(project.forge.token("alice"));
  assert.equal(failures, []);
  assert.ok(done.includes("status failure"), done.join());
  const statuses = project.forge.state.repositories.get(REPOSITORY)?.statuses ?? [];
  assert.equal(
    statuses.map(({ context, state: said }) => [context, said]),
    [["slipway / gate", "failure"]],
  );
  await publish(project.forge.token("alice"));
  assert.is(statuses.length, 1);
});

test("teams that the token may not read are reported as unread, and no one counts as a member", async () => {
  reset();
  const env = { ...workspace.env, ...project.environment(), SLIPWAY_MEMBERS_TOKEN: "" };
  const context = { ...createContext({ catalogue: project.main.directory }, new AbortController().signal), env };
  await publishGate(context, { publish: half.file, pull });
  assert.match(JSON.parse(state()).comments[0], /this token cannot read who is in/);
});

test("a comment with our marker by another author is not touched", async () => {
  reset();
  const { comments } = JSON.parse(wanted);
  await project.as("mallory").rest.issues.createComment({
    owner: "acme",
    repo: "images",
    issue_number: pull,
    body: comments[0].replace("rejected", "approved by everybody"),
  });
  await publish();
  const bodies = await project.comments(pull);
  assert.is(bodies.length, 2);
  assert.match(bodies[0] ?? "", /approved by everybody/);
  assert.is(bodies[1], comments[0]);
});

test.run();
