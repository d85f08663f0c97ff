import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { client, git, gitFailure, refusal } from "../support/forge/clients.js";
import { Forge } from "../support/forge/forge.js";
import { removeTree } from "../support/remove-tree.js";
import { assert, suite } from "../support/suite.js";

const IMAGES = { owner: "acme", repo: "images" };

let forge: Forge;
let directory: string;

const test = suite("forge");

test.before.each(async () => {
  forge = await Forge.start();
  directory = await mkdtemp(join(tmpdir(), "slipway-forge-test-"));
  forge.organisation("acme", { "image-admins": ["alice"], "image-devs": ["bob"] });
  await forge.repository("acme/images", {
    people: { reader: "read" },
    teams: { "image-admins": "admin", "image-devs": "write" },
    protect: { main: {}, release: {} },
    files: { "README.md": "one\n" },
  });
});

test.after.each(async () => {
  await removeTree(directory);
  await forge.stop();
});

/** Pushes the contents of a repository to acme/images, over HTTP but without a clone. */
function push(who: string, ...refs: readonly string[]): Promise<string> {
  return git(bare("acme/images"), "push", "--quiet", "--force", forge.cloneUrl("acme/images", who), ...refs);
}

function bare(name: string): string {
  const repository = forge.state.repositories.get(name);
  if (repository === undefined) throw new Error(name);
  return repository.git.directory;
}

test("a pull request follows its branch: head, merge, conflict", async () => {
  const bob = client(forge, { user: "bob" });
  const clone = await mkdtemp(join(directory, "clone-"));
  await git(clone, "clone", "--quiet", forge.cloneUrl("acme/images", "bob"), ".");
  await git(clone, "switch", "--quiet", "--create", "topic");
  await git(clone, "commit", "--quiet", "--allow-empty", "--message", "Topic");
  await git(clone, "push", "--quiet", "origin", "topic");
  const { data: pull } = await bob.pulls.create({ ...IMAGES, title: "Topic", head: "topic", base: "main" });
  assert.is(pull.head.sha, await git(clone, "rev-parse", "HEAD"));
  assert.is(pull.base.sha, await git(clone, "rev-parse", "main"));
  assert.is(pull.mergeable, true);
  await git(clone, "fetch", "--quiet", "origin", "refs/pull/1/merge");
  assert.equal((await git(clone, "show", "--no-patch", "--format=%P", "FETCH_HEAD")).split(" "), [
    pull.base.sha,
    pull.head.sha,
  ]);

  await writeFile(join(clone, "README.md"), "mine\n");
  await git(clone, "commit", "--quiet", "--all", "--message", "Mine");
  await git(clone, "push", "--quiet", "origin", "topic");
  const head = await git(clone, "rev-parse", "HEAD");
  assert.is((await bob.pulls.get({ ...IMAGES, pull_number: 1 })).data.head.sha, head);
  assert.is(await git(clone, "ls-remote", "origin", "refs/pull/1/head"), `${head}\trefs/pull/1/head`);

  await forge.commit("acme/images", "main", { "README.md": "theirs\n" });
  const { data: after } = await bob.pulls.get({ ...IMAGES, pull_number: 1 });
  assert.is(after.mergeable, false);
  assert.is(after.mergeable_state, "dirty");
  assert.is(after.base.sha, pull.base.sha, "the base lags behind, as on GitHub");
  assert.is(await git(clone, "ls-remote", "origin", "refs/pull/1/merge"), "");
});

test("a pull request from a fork, by a user who may only read", async () => {
  await forge.fork("acme/images", "mallory");
  const head = await forge.commit("mallory/images", "topic", { "mine.txt": "mine\n" });
  await forge.commit("acme/images", "main", { "later.txt": "which the fork has not\n" });
  const mallory = client(forge, { user: "mallory" });
  const { data: pull } = await mallory.pulls.create({ ...IMAGES, title: "Mine", head: "mallory:topic", base: "main" });
  assert.is(pull.head.repo?.full_name, "mallory/images");
  assert.is(pull.head.repo?.fork, true);
  const url = forge.cloneUrl("acme/images");
  assert.is(await git(directory, "ls-remote", url, "refs/pull/1/head"), `${head}\trefs/pull/1/head`);
  const { data: found } = await mallory.pulls.list({ ...IMAGES, head: "mallory:topic" });
  assert.equal(
    found.map(({ number }) => number),
    [1],
  );
  assert.equal((await mallory.pulls.list({ ...IMAGES, head: "acme:topic" })).data, []);
  const address = forge.cloneUrl("acme/images", "mallory");
  assert.match(await gitFailure(bare("mallory/images"), "push", address, "topic"), /denied to mallory/);
});

test("lists the files of a pull request, including renames and binary files", async () => {
  const lines = Array.from({ length: 20 }, (_, at) => `line ${at}\n`).join("");
  await forge.commit("acme/images", "main", { "old.txt": lines, "gone.txt": "gone\n" });
  const files = {
    "old.txt": null,
    "new.txt": `${lines}more\n`,
    "gone.txt": null,
    "README.md": "two\n",
    "b.bin": "\0\0",
    link: { link: "new.txt" },
    "a b.txt": "x\n",
  };
  await forge.commit("acme/images", "topic", files);
  const bob = client(forge, { user: "bob" });
  await bob.pulls.create({ ...IMAGES, title: "Files", head: "topic", base: "main" });
  const { data } = await bob.pulls.listFiles({ ...IMAGES, pull_number: 1 });
  assert.equal(
    data.map(({ filename, status, additions, deletions, previous_filename }) => [
      status,
      filename,
      additions,
      deletions,
      previous_filename,
    ]),
    [
      ["modified", "README.md", 1, 1, undefined],
      ["added", "a b.txt", 1, 0, undefined],
      ["added", "b.bin", 0, 0, undefined],
      ["removed", "gone.txt", 0, 1, undefined],
      ["added", "link", 1, 0, undefined],
      ["renamed", "new.txt", 1, 0, "old.txt"],
    ],
  );
  assert.is((await bob.pulls.get({ ...IMAGES, pull_number: 1 })).data.changed_files, 6);
  const tree = await forge.state.repositories.get("acme/images")?.git.run(["ls-tree", "topic", "link"]);
  assert.match(tree ?? "", /^120000 /);
});

test("a pull request is closed when its branch is deleted or its commits reach the base", async () => {
  const bob = client(forge, { user: "bob" });
  for (const branch of ["gone", "pushed"]) {
    await forge.commit("acme/images", branch, { [branch]: "x\n" });
    await bob.pulls.create({ ...IMAGES, title: branch, head: branch, base: "main" });
  }
  await bob.git.deleteRef({ ...IMAGES, ref: "heads/gone" });
  await push("alice", "pushed:main");
  const reopened = await refusal(bob.pulls.update({ ...IMAGES, pull_number: 1, state: "open" }));
  assert.match(reopened.message, /gone branch has been deleted/);
  assert.match((await refusal(bob.pulls.update({ ...IMAGES, pull_number: 2, state: "open" }))).message, /was merged/);
  const { data } = await bob.pulls.list({ ...IMAGES, state: "closed" });
  assert.equal(
    data.map(({ title, merged_at }) => [title, merged_at !== null]),
    [
      ["pushed", true],
      ["gone", false],
    ],
  );
  assert.equal((await bob.pulls.list(IMAGES)).data, []);
});

test("a branch without a common history cannot be proposed, and one that loses it cannot be merged", async () => {
  await forge.commit("acme/images", "topic", { a: "a\n" });
  const other = await forge.commit("acme/images", "other", { b: "b\n" }, { from: "refs/heads/none" });
  const bob = client(forge, { user: "bob" });
  await bob.pulls.create({ ...IMAGES, title: "Topic", head: "topic", base: "main" });
  await push("bob", "other:topic");
  const { data } = await bob.pulls.get({ ...IMAGES, pull_number: 1 });
  assert.equal([data.head.sha, data.mergeable], [other, false]);
  const refused = await refusal(bob.pulls.create({ ...IMAGES, title: "Other", head: "other", base: "main" }));
  assert.match(refused.message, /no history in common/);
});

test("rejects a second pull request for a branch, an empty one, and one for a missing branch", async () => {
  const bob = client(forge, { user: "bob" });
  await forge.commit("acme/images", "topic", { a: "a\n" });
  const open = (head: string, base = "main") => refusal(bob.pulls.create({ ...IMAGES, title: "T", head, base }));
  await bob.pulls.create({ ...IMAGES, title: "Topic", head: "topic", base: "main" });
  assert.match((await open("topic")).message, /A pull request already exists for acme:topic/);
  assert.is((await open("none")).status, 422);
  assert.is((await open("topic", "none")).status, 422);
  await push("bob", "main:refs/heads/level");
  assert.match((await open("level")).message, /No commits between main and level/);
});

test("a pull request can be edited, closed, reopened and retargeted, by its author and users with write access only", async () => {
  await forge.commit("acme/images", "next", { n: "n\n" });
  await forge.commit("acme/images", "topic", { a: "a\n" });
  const pull = { ...IMAGES, pull_number: 1 };
  const bob = client(forge, { user: "bob" });
  await bob.pulls.create({ ...IMAGES, title: "Topic", head: "topic", base: "main" });
  assert.is((await refusal(client(forge, { user: "reader" }).pulls.update({ ...pull, title: "x" }))).status, 403);
  const { data } = await bob.pulls.update({ ...pull, title: "New", body: "text", base: "next", state: "closed" });
  assert.equal([data.title, data.body, data.base.ref, data.state], ["New", "text", "next", "closed"]);
  assert.is(data.base.sha, (await bob.git.getRef({ ...IMAGES, ref: "heads/next" })).data.object.sha);
  const head = await forge.commit("acme/images", "topic", { a: "b\n" });
  assert.is((await bob.pulls.get(pull)).data.head.sha, data.head.sha, "closed, it follows its branch no more");
  assert.is((await bob.pulls.update({ ...pull, state: "open" })).data.head.sha, head);
  assert.is((await refusal(bob.pulls.update({ ...pull, base: "none" }))).status, 422);
});

test("reads repositories, branches with slashes, refs; refuses to delete a protected branch", async () => {
  const sha = await forge.commit("acme/images", "update/debian", { a: "a\n" });
  const bob = client(forge, { user: "bob" });
  const { data } = await bob.repos.get(IMAGES);
  assert.equal(
    [data.full_name, data.default_branch, data.fork, data.permissions?.push],
    ["acme/images", "main", false, true],
  );
  const { data: branch } = await bob.repos.getBranch({ ...IMAGES, branch: "update/debian" });
  assert.equal([branch.commit.sha, branch.protected], [sha, false]);
  assert.is((await bob.repos.getBranch({ ...IMAGES, branch: "main" })).data.protected, true);
  assert.is((await refusal(bob.repos.getBranch({ ...IMAGES, branch: "none" }))).status, 404);
  assert.is((await bob.git.getRef({ ...IMAGES, ref: "heads/update/debian" })).data.object.sha, sha);
  await bob.git.deleteRef({ ...IMAGES, ref: "heads/update/debian" });
  assert.is((await refusal(bob.git.getRef({ ...IMAGES, ref: "heads/update/debian" }))).status, 404);
  await forge.commit("acme/images", "release", { a: "a\n" });
  for (const name of ["main", "release", "none"]) {
    assert.is((await refusal(bob.git.deleteRef({ ...IMAGES, ref: `heads/${name}` }))).status, 422);
  }
});

test("sends the events that Actions would send", async () => {
  await forge.fork("acme/images", "mallory");
  for (const repo of ["acme/images", "mallory/images"]) await forge.commit(repo, "topic", { [repo]: "a\n" });
  for (const [user, head] of [
    ["bob", "topic"],
    ["mallory", "mallory:topic"],
  ] as const) {
    await client(forge, { user }).pulls.create({ ...IMAGES, title: head, head, base: "main" });
  }
  const event = forge.pullRequestEvent("acme/images", 2);
  assert.is(event.pull_request.head.repo.full_name, "mallory/images");
  const run = (headRepo: string, headSha: string) =>
    forge.workflowRunEvent("acme/images", { headRepo, headBranch: "topic", headSha }).workflow_run;
  const own = run("acme/images", forge.pullRequestEvent("acme/images", 1).pull_request.head.sha);
  assert.equal(
    own.pull_requests.map(({ number }) => number),
    [1],
  );
  const foreign = run("mallory/images", event.pull_request.head.sha);
  assert.equal([foreign.pull_requests, foreign.head_repository.full_name], [[], "mallory/images"]);
  assert.is(forge.pushEvent("acme/images", "main", "a", "b").ref, "refs/heads/main");
});

test("logs who requested what, and requests that it does not support", async () => {
  const bob = client(forge, { user: "bob" });
  await bob.pulls.list({ ...IMAGES, state: "all" });
  assert.is((await refusal(bob.request("GET /repos/{owner}/{repo}/stargazers", IMAGES))).status, 404);
  assert.equal(forge.requests, [
    { method: "GET", path: "/repos/acme/images/pulls", query: "?state=all", user: "bob", status: 200 },
    { method: "GET", path: "/repos/acme/images/stargazers", query: "", user: "bob", status: 404 },
  ]);
  assert.equal(forge.unknownRequests, [forge.requests[1]]);
});

test.run();
