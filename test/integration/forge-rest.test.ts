import type { Octokit } from "@octokit/rest";
import { client, refusal } from "../support/forge/clients.js";
import { Forge } from "../support/forge/forge.js";
import { assert, suite } from "../support/suite.js";

const IMAGES = { owner: "acme", repo: "images" };
const ISSUE = { ...IMAGES, issue_number: 1 };
const PULL = { ...IMAGES, pull_number: 1 };
const ALL = { contents: "write", pull_requests: "write", issues: "write", checks: "write", statuses: "write" } as const;

let forge: Forge;
let bob: Octokit;
let reader: Octokit;
let robot: Octokit;
let sha: string;

const test = suite("forge, REST");

test.before.each(async () => {
  forge = await Forge.start();
  forge.organisation("acme", { "image-admins": ["alice", "erin"], "image-devs": ["bob"] });
  await forge.repository("acme/images", { teams: { "image-devs": "write" }, files: { a: "a\n" } });
  sha = await forge.commit("acme/images", "topic", { b: "b\n" });
  bob = client(forge, { user: "bob" });
  reader = client(forge, { user: "reader" });
  robot = client(forge, { token: forge.botToken("acme/images", ALL) });
  await bob.pulls.create({ ...IMAGES, title: "Topic", head: "topic", base: "main" });
});

test.after.each(async () => {
  await forge.stop();
  assert.equal(forge.unknownRequests, []);
});

/** Checks that `limit` characters or items are accepted, and one more is rejected. */
async function limited(limit: number, work: (count: number) => Promise<unknown>): Promise<void> {
  await work(limit);
  const { status, message } = await refusal(work(limit + 1));
  assert.is(status, 422);
  assert.match(message, String(limit));
}

test("pages through more than a hundred comments", async () => {
  for (let at = 0; at < 105; at += 1) await bob.issues.createComment({ ...ISSUE, body: `comment ${at}` });
  const bodies = (await bob.paginate(bob.issues.listComments, { ...ISSUE, per_page: 100 })).map(({ body }) => body);
  assert.equal(
    bodies,
    Array.from({ length: 105 }, (_, at) => `comment ${at}`),
  );
  assert.is((await bob.issues.listComments(ISSUE)).data.length, 30);
  assert.is((await bob.issues.listComments({ ...ISSUE, per_page: 500 })).data.length, 100);
  const { data, headers } = await bob.issues.listComments({ ...ISSUE, per_page: 50, page: 2 });
  assert.is(data[0]?.body, "comment 50");
  const comments = `${forge.apiUrl}/repos/acme/images/issues/1/comments?per_page=50`;
  const link = (rel: string, page: number) => `<${comments}&page=${page}>; rel="${rel}"`;
  assert.is(headers.link, [link("prev", 1), link("next", 3), link("last", 3), link("first", 1)].join(", "));
  assert.is((await bob.issues.listComments({ ...ISSUE, per_page: 100, page: 3 })).data.length, 0);
});

test("comments: their author and users with write access can edit and delete them, others cannot", async () => {
  const { data: comment } = await reader.issues.createComment({ ...ISSUE, body: "mine" });
  const { data: other } = await bob.issues.createComment({ ...ISSUE, body: "other" });
  assert.is(comment.user?.login, "reader");
  assert.is((await reader.issues.updateComment({ ...IMAGES, comment_id: comment.id, body: "new" })).data.body, "new");
  assert.is((await refusal(reader.issues.updateComment({ ...IMAGES, comment_id: other.id, body: "x" }))).status, 403);
  assert.is((await refusal(reader.issues.deleteComment({ ...IMAGES, comment_id: other.id }))).status, 403);
  await robot.issues.deleteComment({ ...IMAGES, comment_id: comment.id });
  assert.equal(
    (await bob.issues.listComments(ISSUE)).data.map(({ body }) => body),
    ["other"],
  );
  assert.is((await refusal(bob.issues.updateComment({ ...IMAGES, comment_id: comment.id, body: "x" }))).status, 404);
});

test("enforces GitHub's limits", async () => {
  const text = (count: number) => "x".repeat(count);
  const { data: comment } = await bob.issues.createComment({ ...ISSUE, body: "x" });
  await limited(65_536, (count) => bob.issues.createComment({ ...ISSUE, body: text(count) }));
  await limited(65_536, (count) => bob.issues.updateComment({ ...IMAGES, comment_id: comment.id, body: text(count) }));
  await limited(65_536, (count) => bob.pulls.update({ ...PULL, body: text(count) }));
  await limited(65_536, (count) => reader.pulls.createReview({ ...PULL, event: "COMMENT", body: text(count) }));
  await limited(50, (count) => bob.issues.createLabel({ ...IMAGES, name: text(count) }));
  await limited(50, (count) => bob.issues.addLabels({ ...ISSUE, labels: [text(count)] }));
  const status = { ...IMAGES, sha, state: "success" } as const;
  await limited(140, (count) => bob.repos.createCommitStatus({ ...status, description: text(count) }));
  const run = { ...IMAGES, name: "gate", head_sha: sha };
  await limited(65_535, (count) => robot.checks.create({ ...run, output: { title: "t", summary: text(count) } }));
  await limited(65_535, (count) =>
    robot.checks.create({ ...run, output: { title: "t", summary: "s", text: text(count) } }),
  );
  await limited(50, (count) =>
    robot.checks.create({ ...run, output: { title: "t", summary: "s", annotations: annotations(count) } }),
  );
});

function annotations(count: number) {
  const level = "failure" as const;
  return Array.from({ length: count }, (_, at) => ({
    path: "a",
    start_line: at + 1,
    end_line: at + 1,
    annotation_level: level,
    message: `m${at}`,
  }));
}

test("annotations of a check run are appended, and can be read page by page", async () => {
  const { data: run } = await robot.checks.create({ ...IMAGES, name: "gate", head_sha: sha, status: "in_progress" });
  const output = (count: number) => ({ title: "t", summary: "s", annotations: annotations(count) });
  await robot.checks.update({ ...IMAGES, check_run_id: run.id, output: output(50) });
  const { data } = await robot.checks.update({
    ...IMAGES,
    check_run_id: run.id,
    conclusion: "failure",
    output: output(10),
  });
  assert.equal([data.status, data.conclusion, data.output.annotations_count], ["completed", "failure", 60]);
  const listed = await robot.paginate(robot.checks.listAnnotations, { ...IMAGES, check_run_id: run.id });
  assert.equal(listed.map(({ message }) => message).slice(48, 52), ["m48", "m49", "m0", "m1"]);
  assert.is((await robot.checks.get({ ...IMAGES, check_run_id: run.id })).data.output.title, "t");
  const columns = { ...annotations(1)[0], end_line: 2, start_column: 1 };
  const bad = { title: "t", summary: "s", annotations: [columns as ReturnType<typeof annotations>[number]] };
  assert.match(
    (await refusal(robot.checks.update({ ...IMAGES, check_run_id: run.id, output: bad }))).message,
    /same line/,
  );
});

test("check runs belong to an App; the latest of each name is listed", async () => {
  const run = { ...IMAGES, name: "gate", head_sha: sha };
  const people = await refusal(bob.checks.create(run));
  assert.is(people.status, 403);
  assert.match(people.message, /must authenticate via a GitHub App/);
  const first = (await robot.checks.create({ ...run, conclusion: "failure" })).data;
  const second = (await robot.checks.create({ ...run, conclusion: "success" })).data;
  const ref = { ...IMAGES, ref: "topic" };
  const latest = (await robot.checks.listForRef(ref)).data;
  assert.equal([latest.total_count, latest.check_runs.map(({ id }) => id)], [1, [second.id]]);
  const all = await robot.paginate(robot.checks.listForRef, { ...ref, filter: "all", per_page: 1 });
  assert.equal(
    all.map(({ id }) => id),
    [second.id, first.id],
  );
  const other = client(forge, { token: forge.botToken("acme/images", ALL, "other[bot]") });
  assert.is((await refusal(other.checks.update({ ...IMAGES, check_run_id: first.id, name: "x" }))).status, 403);
  assert.is((await refusal(robot.checks.create({ ...run, head_sha: "0".repeat(40) }))).status, 422);
});

test("the latest status of each context counts", async () => {
  const set = (context: string, state: "pending" | "success" | "failure") =>
    bob.repos.createCommitStatus({ ...IMAGES, sha, state, context });
  const combined = async () => (await bob.repos.getCombinedStatusForRef({ ...IMAGES, ref: sha })).data;
  assert.is((await combined()).state, "pending");
  await set("a", "failure");
  await set("b", "success");
  assert.is((await combined()).state, "failure");
  await set("a", "pending");
  assert.is((await combined()).state, "pending");
  await set("a", "success");
  const { state, statuses } = await combined();
  assert.equal([state, statuses.map(({ context }) => context)], ["success", ["a", "b"]]);
  const { data } = await bob.repos.listCommitStatusesForRef({ ...IMAGES, ref: "topic" });
  assert.equal(
    data.map((one) => one.state),
    ["success", "pending", "success", "failure"],
  );
});

test("labels: created by name, added and removed, ignoring case", async () => {
  await bob.issues.createLabel({ ...IMAGES, name: "rebuild: 2-10", color: "ff0000", description: "d" });
  assert.match((await refusal(bob.issues.createLabel({ ...IMAGES, name: "Rebuild: 2-10" }))).message, /already_exists/);
  assert.is((await refusal(bob.issues.createLabel({ ...IMAGES, name: "x", color: "#ff0000" }))).status, 422);
  await bob.issues.addLabels({ ...ISSUE, labels: ["rebuild: 2-10", "new"] });
  const { data } = await bob.issues.listLabelsOnIssue(ISSUE);
  assert.equal(
    data.map(({ name, color }) => [name, color]),
    [
      ["rebuild: 2-10", "ff0000"],
      ["new", "ededed"],
    ],
  );
  await bob.issues.removeLabel({ ...ISSUE, name: "rebuild: 2-10" });
  assert.is((await refusal(bob.issues.removeLabel({ ...ISSUE, name: "rebuild: 2-10" }))).status, 404);
  assert.equal(
    (await bob.pulls.get(PULL)).data.labels.map(({ name }) => name),
    ["new"],
  );
  assert.equal((await bob.issues.listLabelsForRepo(IMAGES)).data.length, 2);
  assert.is((await refusal(reader.issues.addLabels({ ...ISSUE, labels: ["x"] }))).status, 403);
});

test("reports missing or wrong fields of a body as GitHub does", async () => {
  const { status, message } = await refusal(
    bob.request("POST /repos/{owner}/{repo}/issues/{issue_number}/comments", ISSUE as never),
  );
  assert.is(status, 422);
  assert.match(message, '"resource":"IssueComment","field":"body","code":"missing_field"');
  for (const [path, body, expected] of [
    ["pulls", { title: "t", head: "h" }, '"field":"base","code":"missing_field"'],
    ["pulls/1/reviews", { event: "COMMENT" }, '"field":"body","code":"missing_field"'],
    ["pulls/1/reviews", { event: "LIKE" }, '"field":"event","code":"invalid"'],
    ["labels", { name: 5 }, '"field":"name","code":"invalid"'],
    [`statuses/${sha}`, { context: "c" }, '"field":"state","code":"missing_field"'],
    [`statuses/${sha}`, { state: "good" }, '"field":"state","code":"invalid"'],
  ] as const) {
    const refused = await refusal(bob.request(`POST /repos/acme/images/${path}`, body));
    assert.equal([refused.status, refused.message.includes(expected)], [422, true], `${path}: ${refused.message}`);
  }
  for (const [body, expected] of [
    [{ head_sha: sha }, '"name" wasn\'t supplied.'],
    [{ name: "n", head_sha: sha, status: "completed" }, '"conclusion" wasn\'t supplied.'],
    [{ name: "n", head_sha: sha, output: { title: "t" } }, '"summary" wasn\'t supplied.'],
    [{ name: "n", head_sha: sha, conclusion: "good" }, "is not a member of"],
  ] as const) {
    const refused = await refusal(robot.request("POST /repos/acme/images/check-runs", body));
    assert.equal([refused.status, refused.message.includes(expected)], [422, true], refused.message);
  }
  const headers = { authorization: `token ${forge.token("bob")}` };
  const answer = await fetch(`${forge.apiUrl}/repos/acme/images/labels`, { method: "POST", body: "{", headers });
  assert.is(answer.status, 400);
});

test("an Actions token has only the permissions it was given, and only in its repository", async () => {
  const body = "x";
  const none = client(forge, { token: forge.botToken("acme/images", {}) });
  const reads = client(forge, {
    token: forge.botToken("acme/images", { pull_requests: "read", checks: "read", statuses: "read" }),
  });
  for (const token of [none, reads]) {
    for (const work of [
      () => token.issues.createComment({ ...ISSUE, body }),
      () => token.pulls.update({ ...PULL, body }),
      () => token.issues.addLabels({ ...ISSUE, labels: ["x"] }),
      () => token.checks.create({ ...IMAGES, name: "n", head_sha: sha }),
      () => token.repos.createCommitStatus({ ...IMAGES, sha, state: "success" }),
      () => token.pulls.merge(PULL),
      () => token.git.deleteRef({ ...IMAGES, ref: "heads/topic" }),
      () => token.users.getAuthenticated(),
    ]) {
      const { status, message } = await refusal(work());
      assert.equal([status, message.includes("Resource not accessible by integration")], [403, true], message);
    }
  }
  const comments = client(forge, { token: forge.botToken("acme/images", { issues: "write" }) });
  const { data } = await comments.issues.createComment({ ...ISSUE, body });
  assert.equal([data.user?.login, data.user?.type], ["github-actions[bot]", "Bot"]);
  await forge.repository("acme/other", { files: { a: "a\n" } });
  assert.is((await refusal(robot.issues.createLabel({ owner: "acme", repo: "other", name: "x" }))).status, 403);
});

test("reading a private repository needs the permission", async () => {
  await forge.repository("acme/secret", { public: false, files: { a: "a\n" } });
  const secret = { owner: "acme", repo: "secret" };
  const contents = client(forge, { token: forge.botToken("acme/secret", { contents: "read" }) });
  await contents.repos.getBranch({ ...secret, branch: "main" });
  assert.is((await refusal(contents.pulls.list(secret))).status, 403);
  assert.is((await refusal(robot.pulls.list(secret))).status, 404);
});

test("without credentials only public data can be read, and nothing written", async () => {
  const nobody = client(forge);
  assert.is((await nobody.pulls.list(IMAGES)).data.length, 1);
  assert.is((await refusal(nobody.issues.createComment({ ...ISSUE, body: "x" }))).status, 401);
  assert.is((await refusal(nobody.users.getAuthenticated())).status, 401);
  assert.is((await refusal(client(forge, { token: "wrong" }).pulls.list(IMAGES))).status, 401);
});

test("teams: members can see them, the Actions token cannot", async () => {
  const team = { org: "acme", team_slug: "image-admins" };
  assert.is((await bob.users.getAuthenticated()).data.login, "bob");
  assert.equal(
    (await bob.teams.listMembersInOrg(team)).data.map(({ login }) => login),
    ["alice", "erin"],
  );
  assert.is((await bob.teams.getMembershipForUserInOrg({ ...team, username: "erin" })).data.state, "active");
  assert.is((await refusal(bob.teams.getMembershipForUserInOrg({ ...team, username: "bob" }))).status, 404);
  for (const token of [robot, reader]) assert.is((await refusal(token.teams.listMembersInOrg(team))).status, 404);
  const app = client(forge, { token: forge.botToken("acme/images", { members: "read" }, "gate[bot]") });
  assert.is((await app.teams.listMembersInOrg({ ...team, per_page: 1, page: 2 })).data[0]?.login, "erin");
  const { data } = await bob.repos.getCollaboratorPermissionLevel({ ...IMAGES, username: "erin" });
  assert.is(data.permission, "read");
});

test("lists pull requests by state, base, head and age", async () => {
  for (const name of ["second", "third"]) {
    await forge.commit("acme/images", name, { [name]: "x\n" });
    await bob.pulls.create({ ...IMAGES, title: name, head: name, base: name === "third" ? "topic" : "main" });
  }
  await bob.pulls.update({ ...IMAGES, pull_number: 2, state: "closed" });
  const titles = async (filter: object) =>
    (await bob.pulls.list({ ...IMAGES, ...filter })).data.map(({ title }) => title);
  assert.equal(await titles({}), ["third", "Topic"]);
  assert.equal(await titles({ state: "all", sort: "created", direction: "asc" }), ["Topic", "second", "third"]);
  assert.equal(await titles({ state: "all", sort: "updated", direction: "desc" }), ["second", "third", "Topic"]);
  assert.equal(await titles({ state: "closed" }), ["second"]);
  assert.equal(await titles({ base: "topic" }), ["third"]);
  assert.equal(await titles({ head: "acme:topic" }), ["Topic"]);
  assert.equal(await titles({ head: "topic" }), ["third", "Topic"], "GitHub ignores a head without its owner");
});

test.run();
