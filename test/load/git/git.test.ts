import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { openGitTree } from "../../../src/load/git/commit-tree.js";
import { gitFailure } from "../../../src/load/git/git.js";
import { TreeError } from "../../../src/load/git/tree.js";
import { openWorkingTree } from "../../../src/load/git/working-tree.js";
import { assert, suite } from "../../support/suite.js";
import { git, IMAGE, removeTemporary, repository, temporaryDirectory } from "../temporary-catalogue.js";

const test = suite("load/git/git");
test.after(removeTemporary);

async function failure(promise: Promise<unknown>): Promise<TreeError> {
  const error = await promise.catch((thrown: unknown) => thrown);
  assert.instance(error, TreeError);
  return error as TreeError;
}

const FILES = { "images/a.yaml": IMAGE };

test("a bare repository has no working tree", async () => {
  const bare = temporaryDirectory();
  await git(bare, "clone", "--quiet", "--bare", await repository(FILES), ".");
  const { message, hint, code } = await failure(openWorkingTree(bare));
  assert.is(message, `${bare} is a bare repository, which has no working tree`);
  assert.match(hint ?? "", /--ref main/);
  assert.is(code, "not-a-directory");
});

test("a repository of another user is named with the command that trusts it", async () => {
  const directory = await repository(FILES);
  // Git's own switch for its tests: every directory counts as another's.
  process.env.GIT_TEST_ASSUME_DIFFERENT_OWNER = "1";
  try {
    for (const opening of [openWorkingTree(directory), openGitTree(directory, "HEAD")]) {
      const { message, hint } = await failure(opening);
      assert.is(message, `Git does not read ${directory}, because it belongs to another user`);
      assert.is(hint, `if you trust it: git config --global --add safe.directory ${directory}`);
    }
  } finally {
    delete process.env.GIT_TEST_ASSUME_DIFFERENT_OWNER;
  }
});

test("a repository without commits", async () => {
  const directory = temporaryDirectory();
  await git(directory, "init", "--quiet");
  writeFileSync(join(directory, "slipway.yaml"), "kind: Settings\n");
  assert.equal([...(await openWorkingTree(directory)).files.keys()], ["slipway.yaml"]);
  assert.match((await failure(openGitTree(directory, "HEAD"))).hint ?? "", /no commits yet/);
});

test("a damaged index is made anew by the command of the hint", async () => {
  const directory = await repository(FILES);
  const index = join(directory, ".git/index");
  const sound = readFileSync(index);
  for (const bytes of [sound.subarray(0, 30), Buffer.from("x".repeat(200)), Buffer.alloc(0)]) {
    writeFileSync(index, bytes);
    const opened = await openWorkingTree(directory).catch((error: unknown) => error);
    // An empty index is none, and the files count as untracked.
    if (bytes.length === 0) continue;
    assert.instance(opened, TreeError);
    assert.match((opened as TreeError).message, /^the index of the repository of .* is damaged$/);
    rmSync(index);
    await git(directory, "reset", "--quiet");
    assert.equal([...(await openWorkingTree(directory)).files.keys()], ["images/a.yaml"]);
  }
});

test("a locked index, a merge with conflicts and a detached HEAD are read", async () => {
  const directory = await repository(FILES);
  await git(directory, "checkout", "--quiet", "-b", "other");
  writeFileSync(join(directory, "images/a.yaml"), `${IMAGE}# other\n`);
  await git(directory, "commit", "--quiet", "--all", "--message=other");
  await git(directory, "checkout", "--quiet", "--detach", "main");
  writeFileSync(join(directory, "images/a.yaml"), `${IMAGE}# main\n`);
  await git(directory, "commit", "--quiet", "--all", "--message=main");
  await git(directory, "merge", "--quiet", "other").catch(() => {});
  writeFileSync(join(directory, ".git/index.lock"), "");
  const tree = await openWorkingTree(directory);
  assert.equal([...tree.files.keys()], ["images/a.yaml"]);
  let text = "";
  await tree.read(["images/a.yaml"], (_, content) => {
    text = content.toString("utf8");
  });
  assert.match(text, /^<<<<<<< /m);
});

test("a linked working tree is read, and one whose repository is gone says what to do", async () => {
  const directory = await repository(FILES);
  const linked = join(temporaryDirectory(), "linked");
  await git(directory, "worktree", "add", "--quiet", "--detach", linked);
  assert.equal([...(await openWorkingTree(linked)).files.keys()], ["images/a.yaml"]);
  rmSync(directory, { recursive: true });
  const { message, hint } = await failure(openWorkingTree(linked));
  assert.is(message, `the .git at or above ${linked} leads to no repository`);
  assert.match(hint ?? "", /git worktree repair/);
});

test("the directory says which repository is meant, not what Git has set for a hook", async () => {
  const directory = await repository(FILES);
  const before = { ...process.env };
  Object.assign(process.env, { GIT_DIR: ".git", GIT_INDEX_FILE: "nowhere", GIT_WORK_TREE: "/", GIT_PREFIX: "x/" });
  try {
    assert.equal([...(await openWorkingTree(join(directory, "images"))).files.keys()], []);
    assert.equal([...(await openWorkingTree(directory)).files.keys()], ["images/a.yaml"]);
  } finally {
    for (const name of ["GIT_DIR", "GIT_INDEX_FILE", "GIT_WORK_TREE", "GIT_PREFIX"]) {
      if (before[name] === undefined) delete process.env[name];
      else process.env[name] = before[name];
    }
  }
});

test("missing objects are called missing", async () => {
  const directory = await repository(FILES);
  const stderr = "error: Could not read 0123\nfatal: Failed to traverse parents of commit 4567";
  const { message, hint } = gitFailure(directory, "git merge-base failed", { exitCode: 128, stderr });
  assert.match(message, /^objects of the repository of .* are missing or damaged: Could not read 0123$/);
  assert.match(hint ?? "", /git fetch --refetch/);
});

test.run();
