import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type SimpleGit, simpleGit } from "simple-git";
import {
  changedRepositoryPaths,
  commitsBetween,
  fileOfCommit,
  mergeBase,
  mergeTrees,
  repositoryPrefix,
} from "../../../src/load/git/history.js";
import { TreeError } from "../../../src/load/git/tree.js";
import { removeTree } from "../../support/remove-tree.js";
import { assert, suite } from "../../support/suite.js";

const test = suite("history between two commits");
let directory: string;
let git: SimpleGit;
/** Commits by name: `root` on main, `change` off it, `tip` where main has moved on to, `clash` that does not merge. */
const commits: Record<string, string> = {};

test.before(async () => {
  directory = await mkdtemp(join(tmpdir(), "slipway-history-"));
  git = simpleGit(directory);
  await git.init(["--quiet", "--initial-branch=main"]);
  await git.addConfig("user.name", "Test").addConfig("user.email", "test@example.org");
  await commit("root", { a: "1\n", "old name": "kept\n" });
  await git.checkoutBranch("change", "main");
  await git.mv("old name", "nëw name");
  await commit("change", { b: "2\n" });
  await git.checkout("main");
  await commit("between", { c: "3\n" });
  await commit("tip", { d: "4\n" });
  await git.checkoutBranch("clash", commits.root as string);
  await commit("clash", { c: "other\n" });
  await git.raw(["checkout", "--quiet", "--orphan", "stranger"]);
  await commit("stranger", { z: "0\n" });
});
test.after(() => removeTree(directory));

async function commit(name: string, files: Readonly<Record<string, string>>): Promise<void> {
  for (const [path, text] of Object.entries(files)) await writeFile(join(directory, path), text);
  await git.add("--all");
  await git.commit(name);
  commits[name] = (await git.revparse("HEAD")).trim();
}

const at = (name: string) => commits[name] as string;

test("where two lines part, and how far one has gone on", async () => {
  assert.is(await mergeBase(directory, at("tip"), at("change")), at("root"));
  assert.is(await mergeBase(directory, at("root"), at("change")), at("root"));
  assert.is(await commitsBetween(directory, at("change"), at("tip")), 2);
  assert.is(await commitsBetween(directory, at("tip"), at("root")), 0);
});

test("without common history there is nothing to compare with", async () => {
  const error = await mergeBase(directory, at("tip"), at("stranger")).catch((thrown: unknown) => thrown);
  assert.instance(error, TreeError);
  assert.is((error as TreeError).code, "unknown-ref");
  assert.match((error as TreeError).hint ?? "", /fetch-depth: 0/);
});

test("a rename is both its paths", async () => {
  assert.equal(await changedRepositoryPaths(directory, at("root"), at("change")), ["b", "nëw name", "old name"]);
  assert.equal(await changedRepositoryPaths(directory, at("root"), at("root")), []);
});

test("a merge that nobody makes", async () => {
  const { tree, conflicts } = await mergeTrees(directory, at("tip"), at("change"));
  assert.equal(conflicts, []);
  assert.is((await git.raw(["ls-tree", "--name-only", "-z", tree])).split("\0").length - 1, 5);
  assert.equal((await mergeTrees(directory, at("tip"), at("clash"))).conflicts, ["c"]);
});

test("a file of a commit", async () => {
  assert.is(await fileOfCommit(directory, at("change"), "b"), "2\n");
  assert.is(await fileOfCommit(directory, at("root"), "b"), undefined);
  assert.is(await repositoryPrefix(directory), "");
});

test.run();
