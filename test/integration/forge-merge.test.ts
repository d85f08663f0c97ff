import type { Files } from "../support/forge/bare-repository.js";
import { client, refusal } from "../support/forge/clients.js";
import { Forge } from "../support/forge/forge.js";
import type { Protection } from "../support/forge/state.js";
import { assert, suite } from "../support/suite.js";

const IMAGES = { owner: "acme", repo: "images" };
const PULL = { ...IMAGES, pull_number: 1 };
const OWNERS = ["* @acme/image-devs", "/catalog/ @acme/image-admins @carol", "/docs/ @reader", ""].join("\n");

let forge: Forge;

const test = suite("forge, merging");

test.after.each(() => forge.stop());

/** acme/images with a protected `main`, and bob's pull request 1, which changes these files. */
async function proposal(main: Protection, files: Files, owners = OWNERS): Promise<void> {
  forge = await Forge.start();
  forge.organisation("acme", { "image-admins": ["alice"], "image-devs": ["bob", "dave"] });
  await forge.repository("acme/images", {
    people: { carol: "write", reader: "read", root: "admin" },
    teams: { "image-admins": "write", "image-devs": "write" },
    protect: { main },
    files: { ".github/CODEOWNERS": owners, "catalog/system/debian.yaml": "a\n" },
  });
  await forge.commit("acme/images", "topic", files);
  await as("bob").pulls.create({ ...IMAGES, title: "Topic", head: "topic", base: "main" });
}

function as(user: string) {
  return client(forge, { user });
}

async function approve(user: string): Promise<void> {
  await as(user).pulls.createReview({ ...PULL, event: "APPROVE" });
}

/** The reason why bob may not merge. */
async function obstacle(): Promise<string> {
  const { status, message } = await refusal(as("bob").pulls.merge(PULL));
  assert.is(status, 405);
  return message;
}

test("really merges: by a merge commit, or squashed into one commit", async () => {
  await proposal({}, { "a.txt": "a\n" });
  const { data } = await as("bob").pulls.merge(PULL);
  const { git } = await forgeRepository();
  const pull = (await as("bob").pulls.get(PULL)).data;
  assert.equal(
    [pull.merged, pull.state, pull.merge_commit_sha, pull.merged_by?.login],
    [true, "closed", data.sha, "bob"],
  );
  assert.is(await git.commit("refs/heads/main"), data.sha);
  assert.is(await git.commit(`${data.sha}^2`), pull.head.sha);
  await forge.commit("acme/images", "second", { "b.txt": "b\n" });
  await as("bob").pulls.create({ ...IMAGES, title: "Second", head: "second", base: "main" });
  const squashed = await as("bob").pulls.merge({ ...IMAGES, pull_number: 2, merge_method: "squash" });
  assert.is(await git.commit(`${squashed.data.sha}^`), data.sha);
  assert.is(await git.commit(`${squashed.data.sha}^2`), null);
  assert.is(await git.file(squashed.data.sha, "b.txt"), "b\n");
  assert.is((await refusal(as("bob").pulls.merge(PULL))).status, 405);
});

test("merges only the head that the caller has seen, and no conflict", async () => {
  await proposal({}, { "catalog/system/debian.yaml": "mine\n" });
  const { status, message } = await refusal(as("bob").pulls.merge({ ...PULL, sha: "0".repeat(40) }));
  assert.is(status, 409);
  assert.match(message, /Head branch was modified/);
  await forge.commit("acme/images", "main", { "catalog/system/debian.yaml": "theirs\n" });
  assert.match(await obstacle(), /not mergeable/);
});

test("a user who may not write cannot merge", async () => {
  await proposal({}, { "a.txt": "a\n" });
  assert.is((await refusal(as("reader").pulls.merge(PULL))).status, 403);
});

test("requires as many approvals as the branch demands, from people who may write; each one's last review counts", async () => {
  await proposal({ required_approving_review_count: 2 }, { "a.txt": "a\n" });
  assert.match(await obstacle(), /At least 2 approving reviews/);
  await approve("reader");
  await approve("carol");
  await approve("carol");
  assert.match(await obstacle(), /At least 2 approving reviews/);
  await as("dave").pulls.createReview({ ...PULL, event: "REQUEST_CHANGES", body: "no" });
  assert.match(await obstacle(), /Changes have been requested/);
  await approve("dave");
  await as("dave").pulls.createReview({ ...PULL, event: "COMMENT", body: "a comment takes nothing back" });
  await as("bob").pulls.merge(PULL);
});

test("neither authors nor Actions can approve their own pull request", async () => {
  await proposal({}, { "a.txt": "a\n" });
  const own = await refusal(as("bob").pulls.createReview({ ...PULL, event: "APPROVE" }));
  assert.is(own.status, 422);
  assert.match(own.message, /Can not approve your own pull request/);
  const robot = client(forge, { token: forge.botToken("acme/images", { pull_requests: "write" }) });
  assert.match(
    (await refusal(robot.pulls.createReview({ ...PULL, event: "APPROVE" }))).message,
    /not permitted to approve/,
  );
  await as("bob").pulls.createReview({ ...PULL, event: "COMMENT", body: "a remark" });
  assert.equal(
    (await as("bob").pulls.listReviews(PULL)).data.map(({ state }) => state),
    ["COMMENTED"],
  );
});

test("a new commit dismisses approvals if the branch says so, and nothing else", async () => {
  await proposal({ required_approving_review_count: 1, dismiss_stale_reviews: true }, { "a.txt": "a\n" });
  const before = (await as("bob").pulls.get(PULL)).data.head.sha;
  await approve("carol");
  await as("dave").pulls.createReview({ ...PULL, event: "REQUEST_CHANGES", body: "no" });
  const head = await forge.commit("acme/images", "topic", { "a.txt": "other\n" });
  const { data } = await as("bob").pulls.listReviews(PULL);
  assert.equal(
    data.map(({ user, state, commit_id }) => [user?.login, state, commit_id]),
    [
      ["carol", "DISMISSED", before],
      ["dave", "CHANGES_REQUESTED", before],
    ],
  );
  await approve("dave");
  assert.is((await as("bob").pulls.listReviews(PULL)).data.at(-1)?.commit_id, head);
  await as("bob").pulls.merge(PULL);
});

test("a new base dismisses approvals, too, because the change is a different one", async () => {
  await proposal({}, { "a.txt": "a\n" });
  await forge.commit("acme/images", "next", { "n.txt": "n\n" });
  forge.state.repositories.get("acme/images")?.protection.set("next", { dismiss_stale_reviews: true });
  await approve("carol");
  await as("bob").pulls.update({ ...PULL, base: "next" });
  assert.equal((await as("bob").pulls.listReviews(PULL)).data[0]?.state, "DISMISSED");
});

test("others cannot see a review that is not submitted", async () => {
  await proposal({ required_approving_review_count: 1 }, { "a.txt": "a\n" });
  await as("carol").pulls.createReview(PULL);
  assert.equal(
    (await as("carol").pulls.listReviews(PULL)).data.map(({ state }) => state),
    ["PENDING"],
  );
  assert.equal((await as("dave").pulls.listReviews(PULL)).data, []);
  assert.match(await obstacle(), /At least 1 approving review/);
  await approve("carol");
  await as("carol").pulls.createReview(PULL);
  await as("bob").pulls.merge(PULL);
});

test("without that rule approvals stay, whatever is pushed", async () => {
  await proposal({ required_approving_review_count: 1 }, { "a.txt": "a\n" });
  await approve("carol");
  await forge.commit("acme/images", "topic", { "a.txt": "other\n" });
  await forge.commit("acme/images", "main", { "b.txt": "other\n" });
  await as("bob").pulls.merge(PULL);
});

test("a code owner must approve: one owner is enough, others do not count", async () => {
  await proposal({ require_code_owner_reviews: true }, { "catalog/system/debian.yaml": "b\n" });
  await approve("dave");
  assert.match(await obstacle(), /Waiting on code owner review from acme\/image-admins or carol/);
  assert.is((await as("bob").pulls.get(PULL)).data.mergeable_state, "blocked");
  await approve("carol");
  assert.is((await as("bob").pulls.get(PULL)).data.mergeable_state, "clean");
  await as("bob").pulls.merge(PULL);
});

test("every path needs its own owner, including the old path of a renamed file", async () => {
  await proposal({ require_code_owner_reviews: true }, { "catalog/system/debian.yaml": null, "moved.yaml": "a\n" });
  assert.match(await obstacle(), /image-admins or carol.*acme\/image-devs/);
  await approve("dave");
  assert.match(await obstacle(), /image-admins or carol/);
  await approve("alice");
  await as("bob").pulls.merge(PULL);
});

test("owners come from the base: a pull request cannot name its own", async () => {
  const mine = { ".github/CODEOWNERS": "* @dave\n", "catalog/system/debian.yaml": "b\n" };
  await proposal({ require_code_owner_reviews: true }, mine);
  await approve("dave");
  assert.match(await obstacle(), /acme\/image-admins or carol/);
});

test("an owner who may not write does not count", async () => {
  await proposal({ require_code_owner_reviews: true }, { "docs/a.md": "a\n" });
  await as("bob").pulls.merge(PULL);
});

test("required checks must have succeeded on the head, as a check run or as a status", async () => {
  await proposal({ required_status_checks: ["images / gate", "licences"] }, { "a.txt": "a\n" });
  const sha = (await as("bob").pulls.get(PULL)).data.head.sha;
  const robot = client(forge, { token: forge.botToken("acme/images", { checks: "write" }) });
  assert.match(await obstacle(), /"images \/ gate" is expected.*"licences" is expected/);
  const gate = { ...IMAGES, name: "images / gate", head_sha: sha };
  const { data: run } = await robot.checks.create({ ...gate, status: "in_progress" });
  await as("bob").repos.createCommitStatus({ ...IMAGES, sha, state: "failure", context: "licences" });
  assert.match(await obstacle(), /"images \/ gate" is in progress.*"licences" is failing/);
  await robot.checks.update({ ...IMAGES, check_run_id: run.id, conclusion: "failure" });
  await as("bob").repos.createCommitStatus({ ...IMAGES, sha, state: "success", context: "licences" });
  assert.match(await obstacle(), /"images \/ gate" is failing/);
  await robot.checks.create({ ...gate, conclusion: "success" });
  await forge.commit("acme/images", "topic", { "a.txt": "other\n" });
  assert.match(await obstacle(), /"images \/ gate" is expected.*"licences" is expected/);
});

test("administrators can bypass the rules, unless the rules include them", async () => {
  await proposal({ required_approving_review_count: 1, enforce_admins: true }, { "a.txt": "a\n" });
  assert.is((await refusal(as("root").pulls.merge(PULL))).status, 405);
  (await forgeRepository()).protection.set("main", { required_approving_review_count: 1 });
  assert.match(await obstacle(), /At least 1 approving review is/);
  await as("root").pulls.merge(PULL);
});

/** The forge's own state, behind the interface. */
async function forgeRepository() {
  const repository = forge.state.repositories.get("acme/images");
  if (repository === undefined) throw new Error("no repository");
  return repository;
}

test.run();
