import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { simpleGit } from "simple-git";
import { workState } from "../../../src/load/git/work-state.js";
import { assert, suite } from "../../support/suite.js";

const test = suite("load/git/work-state");
let directory: string;

test.before.each(async () => {
  directory = await mkdtemp(join(tmpdir(), "slipway-state-"));
});
test.after.each(() => rm(directory, { recursive: true }));

test("outside of a repository there is none", async () => {
  assert.is(await workState(directory), undefined);
});

test("branch, trunk, and the files below the directory that are not committed", async () => {
  const git = simpleGit(directory);
  await git.init(["--quiet", "--initial-branch=master"]);
  await git.addConfig("user.name", "Test").addConfig("user.email", "test@example.org");
  assert.equal(await workState(directory), { branch: "master", edits: 0, trunk: undefined });
  await mkdir(join(directory, "below"));
  for (const name of ["a", "b", "below/c"]) await writeFile(join(directory, name), name);
  await git.add("a");
  await git.commit("First");
  assert.equal(await workState(directory), { branch: "master", edits: 2, trunk: "master" });
  await git.checkout(["-b", "change/one"]);
  await rm(join(directory, "a"));
  assert.equal(await workState(directory), { branch: "change/one", edits: 3, trunk: "master" });
  assert.is((await workState(join(directory, "below")))?.edits, 1);
  await git.checkout(["--detach"]);
  assert.is((await workState(directory))?.branch, undefined);
});

test.run();
