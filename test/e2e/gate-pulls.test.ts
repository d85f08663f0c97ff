import type { TestCatalogue } from "../support/catalogue.js";
import { GateProject, REPOSITORY, ROLES } from "../support/gate-project.js";
import { assert, suite } from "../support/suite.js";
import { Workspace } from "../support/workspace.js";

const test = suite("pull requests of every kind, on a forge");
let workspace: Workspace;
let project: GateProject;

test.before(async () => {
  workspace = await Workspace.create();
  project = await GateProject.create(workspace);
});
test.after(async () => {
  await project.stop();
  await workspace.remove();
});

async function push(clone: TestCatalogue, message: string): Promise<void> {
  await clone.commit(message);
  await clone.git.push(["--quiet", "--force", "origin", "HEAD"]);
}

test("a changed YAML comment: nothing to rebuild, and the pull request gets no comment", async () => {
  const clone = await project.clone("dave", "words");
  await clone.write("images/app/image.yaml", `# The application.\n${await clone.read("images/app/image.yaml")}`);
  const pull = await project.propose(clone, "dave", "Words");
  const { report, stdout, comments, check } = await project.gate(pull);
  assert.equal(report.images, []);
  assert.match(stdout, /^nothing to rebuild/m);
  assert.equal(comments, []);
  assert.equal(await project.labels(pull), ["rebuild: 0"]);
  assert.is(check?.conclusion, "action_required");
  await project.review("bob", pull, "APPROVE");
  assert.is((await project.gate(pull)).check?.conclusion, "success");
});

test("a second push rewrites the same comment, even to nothing to rebuild", async () => {
  const clone = await project.clone("dave", "twice");
  await clone.edit("images/app/app.conf", "none", "red");
  const pull = await project.propose(clone, "dave", "Twice");
  const first = await project.gate(pull);
  assert.is(first.comments.length, 1);
  assert.match(first.comments[0] ?? "", /3 of 6 images/);
  await clone.edit("images/side/image.yaml", "beside", "right beside");
  await push(clone, "More");
  const second = await project.gate(pull);
  assert.is(second.comments.length, 1);
  assert.match(second.comments[0] ?? "", /4 of 6 images/);
  await clone.edit("images/app/app.conf", "red", "none");
  await clone.edit("images/side/image.yaml", "right beside", "beside");
  await push(clone, "Back");
  const third = await project.gate(pull);
  assert.is(third.comments.length, 1);
  assert.match(third.comments[0] ?? "", /nothing to rebuild/);
});

test("a rejection is an annotation on its line, in the check and in the log", async () => {
  const clone = await project.clone("dave", "typo");
  await clone.edit("images/side/image.yaml", "parent: base", "parent: bsae");
  const pull = await project.propose(clone, "dave", "Typo");
  const { comments, check, stderr } = await project.gate(pull, 3);
  assert.match(comments[0] ?? "", /❌ rejected: 1 problem/);
  assert.is(check?.conclusion, "failure");
  assert.match(stderr, /^::error file=images\/side\/image\.yaml,line=3,col=9,title=unknown-parent::.*bsae/m);
});

test("a pull request that makes its author an administrator is judged by the existing roles", async () => {
  const clone = await project.clone("dave", "promotion");
  await clone.write(
    "policies/roles.yaml",
    ROLES.replace("[acme/image-admins]", "[acme/image-admins], users: [dave, bob]"),
  );
  await clone.write(".github/CODEOWNERS", (await clone.expect(0, ["gate", "--codeowners"])).stdout);
  await clone.write(".github/workflows/images.yml", "on: push\n");
  const pull = await project.propose(clone, "dave", "Promotion");
  await project.review("bob", pull, "APPROVE");
  const { report, comments, check } = await project.gate(pull);
  assert.equal(
    report.requirements?.map(({ kind, role, teams, users }) => ({ kind, role, teams, users })),
    [
      { kind: "policy", role: "administrator", teams: ["acme/image-admins"], users: [] },
      { kind: "workflow", role: "administrator", teams: ["acme/image-admins"], users: [] },
    ],
  );
  assert.match(comments[0] ?? "", /needs @acme\/image-admins/);
  assert.match(comments[0] ?? "", /`@bob` does not count: `is not a member of @acme\/image-admins`/);
  assert.is(check?.conclusion, "action_required");
  await project.review("alice", pull, "APPROVE");
  assert.is((await project.gate(pull)).check?.conclusion, "success");
});

test("an exception in the same pull request as what it waives does not hold yet", async () => {
  const clone = await project.clone("dave", "excuse");
  await clone.edit("images/side/image.yaml", "labels:", "system-packages: [htop]\nlabels:");
  await clone.write(
    "policies/exceptions.yaml",
    `kind: Exceptions
exceptions:
  - rule: package-not-approved
    image: side
    package: htop
    owner: "@dave"
    reason: I want it.
    expires: 2999-12-31
`,
  );
  const pull = await project.propose(clone, "dave", "Excuse");
  const { report } = await project.gate(pull, 3);
  assert.equal(
    report.diagnostics.map(({ code, file, line, hint }) => ({ code, file, line, hint })),
    [
      {
        code: "package-not-approved",
        file: "images/side/image.yaml",
        line: 4,
        hint: "the change's own policies would allow it; they apply once they are merged",
      },
    ],
  );
});

test("stale CODEOWNERS is a rejection", async () => {
  const clone = await project.clone("dave", "stale");
  await clone.write("images/second/image.yaml", 'kind: BaseImage\nname: second\nversion: "1.0"\nfrom: scratch\n');
  const pull = await project.propose(clone, "dave", "A base image");
  const { report } = await project.gate(pull, 3);
  assert.equal(
    report.diagnostics.map(({ code, file }) => [code, file]),
    [["codeowners-stale", ".github/CODEOWNERS"]],
  );
  assert.is(report.requirements?.[0]?.kind, "base-image");
});

test("a rename needs the owners of both names", async () => {
  const clone = await project.clone("dave", "rename");
  await clone.git.mv("images/base/rootfs/etc/passwd", "images/app/passwd");
  const pull = await project.propose(clone, "dave", "Rename");
  const { report } = await project.pullRequestHalf(pull, [], 0);
  assert.equal(
    report.requirements?.map(({ kind, paths }) => [kind, paths]),
    [
      ["base-image", ["images/base/rootfs/etc/passwd"]],
      ["image", ["images/app/passwd"]],
    ],
  );
});

test("main moves on: the plan stays that of the change, and problems of the merge are reported", async () => {
  const clone = await project.clone("dave", "behind");
  await clone.write("images/late/image.yaml", 'name: late\nversion: "1.0"\nparent: side\n');
  const pull = await project.propose(clone, "dave", "Late");
  const before = (await project.pullRequestHalf(pull)).report;
  await project.forge.commit(REPOSITORY, "main", {
    "images/other/image.yaml": 'name: other\nversion: "1"\nparent: base\n',
  });
  const moved = await project.gate(pull);
  assert.is(moved.report.behind, 1);
  assert.is(moved.report.digest, before.digest);
  assert.match(moved.comments[0] ?? "", /The base branch has moved on: this change lacks 1 commit of it/);
  await project.forge.commit(REPOSITORY, "main", { "images/side/image.yaml": null });
  const { report } = await project.gate(pull, 3);
  assert.equal(
    report.diagnostics.map(({ code, hint }) => [code, hint]),
    [["unknown-parent", "it appears when this change is merged with the base branch"]],
  );
  await project.forge.commit(REPOSITORY, "main", {
    "images/side/image.yaml": await project.main.read("images/side/image.yaml"),
    "images/late/image.yaml": "name: late\n",
  });
  assert.equal((await project.pullRequestHalf(pull)).report.conflicts, ["images/late/image.yaml"]);
  await project.forge.commit(REPOSITORY, "main", { "images/late/image.yaml": null, "images/other/image.yaml": null });
});

test("from a fork: the report arrives, although the fork's run has no token", async () => {
  await project.forge.fork(REPOSITORY, "mallory");
  const clone = await project.clone("mallory", "from-outside", "mallory/images");
  await clone.edit("images/app/app.conf", "none", "red");
  const pull = await project.propose(clone, "mallory", "From outside", "mallory");
  const { comments, check } = await project.gate(pull);
  assert.match(comments[0] ?? "", /3 of 6 images/);
  assert.is(check?.conclusion, "action_required");
  // The run of a fork may only read what anyone may read.
  const own = project.forge.gitRequests.filter(({ user, path }) => user === null && path.includes("acme/images"));
  assert.ok(own.length > 0);
});

test.run();
