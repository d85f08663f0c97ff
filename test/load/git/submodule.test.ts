import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { openGitTree } from "../../../src/load/git/commit-tree.js";
import { submoduleRepository } from "../../../src/load/git/submodule.js";
import type { FileTree } from "../../../src/load/git/tree.js";
import { openWorkingTree } from "../../../src/load/git/working-tree.js";
import { loadCatalogue } from "../../../src/load/load.js";
import { assert, suite } from "../../support/suite.js";
import { git, removeTemporary, repository, temporaryDirectory } from "../temporary-catalogue.js";

const test = suite("load/git/submodule");
test.after(removeTemporary);

const DEFINITION = "name: a\nversion: '1'\nparent: b\nartifacts: [{ path: vendor, dest: /srv/ }]\n";
const ALLOWED = ["-c", "protocol.file.allow=always"];

/** A catalogue with a submodule that has one of its own. */
async function superproject(): Promise<string> {
  const inner = await repository({ "deep.txt": "deep\n" });
  const library = await repository({ "lib.txt": "first\n", tool: { program: "#!/bin/sh\n" } });
  await git(library, ...ALLOWED, "submodule", "add", "--quiet", inner, "inner");
  await git(library, "commit", "--quiet", "--message=inner");
  const directory = await repository({ "images/a/image.yaml": DEFINITION });
  await git(directory, ...ALLOWED, "submodule", "add", "--quiet", library, "images/a/vendor");
  await git(directory, ...ALLOWED, "submodule", "update", "--quiet", "--init", "--recursive");
  await git(directory, "commit", "--quiet", "--message=vendor");
  return directory;
}

const FILES = ["images/a/vendor/inner/deep.txt", "images/a/vendor/lib.txt", "images/a/vendor/tool"];

async function texts(tree: FileTree): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  await tree.read(FILES, (path, content) => {
    found[path] = content.toString("utf8");
  });
  return found;
}

const problems = async (tree: FileTree) => {
  const loaded = await loadCatalogue(tree);
  return loaded.diagnostics
    .filter(({ code }) => code === "artifact-missing")
    .map(({ message, hint }) => `${message}: ${hint}`);
};

test("a path that leads out of the repository names no submodule", async () => {
  const [directory, other] = [await repository({ "a.txt": "" }), await repository({ "b.txt": "" })];
  const commit = (await git(other, "rev-parse", "HEAD")).trim();
  for (const path of [relative(directory, other), other, "a//b", "./a"])
    assert.is(await submoduleRepository(directory, path, commit), undefined, path);
});

test("the files of a submodule are those of the recorded commit, and those on the disk in a working tree", async () => {
  const directory = await superproject();
  const trees = [await openGitTree(directory, "HEAD"), await openWorkingTree(directory)];
  for (const tree of trees) {
    assert.equal(
      FILES.filter((path) => !tree.files.has(path)),
      [],
    );
    assert.is(tree.files.get("images/a/vendor/tool")?.mode, "100755");
    assert.is((await texts(tree))["images/a/vendor/inner/deep.txt"], "deep\n");
    assert.equal(await problems(tree), []);
  }
  const [a, b] = await Promise.all(trees.map((tree) => tree.hash(FILES)));
  assert.equal([...(a ?? [])].sort(), [...(b ?? [])].sort());
  writeFileSync(join(directory, "images/a/vendor/lib.txt"), "edited\n");
  assert.is((await texts(await openWorkingTree(directory)))["images/a/vendor/lib.txt"], "edited\n");
  assert.is((await texts(await openGitTree(directory, "HEAD")))["images/a/vendor/lib.txt"], "first\n");
  const to = join(temporaryDirectory(), "lib.txt");
  await (await openGitTree(directory, "HEAD")).copy([{ from: "images/a/vendor/lib.txt", to }]);
  assert.is(readFileSync(to, "utf8"), "first\n");
});

test("a submodule that is not checked out is named with the command", async () => {
  const directory = await superproject();
  const clone = temporaryDirectory();
  await git(clone, "clone", "--quiet", directory, ".");
  const expected = [
    "`vendor` needs the submodule images/a/vendor, whose files are not on this machine: git submodule update --init images/a/vendor",
  ];
  assert.equal(await problems(await openWorkingTree(clone)), expected);
  assert.equal(await problems(await openGitTree(clone, "HEAD")), expected);
  await git(clone, ...ALLOWED, "submodule", "update", "--quiet", "--init");
  assert.match((await problems(await openWorkingTree(clone)))[0] ?? "", /images\/a\/vendor\/inner/);
});

test("a commit is read where Git keeps a submodule that was removed from the working tree", async () => {
  const directory = await superproject();
  await git(directory, "submodule", "deinit", "--quiet", "--force", "images/a/vendor");
  assert.not(existsSync(join(directory, "images/a/vendor/.git")));
  assert.is((await texts(await openGitTree(directory, "HEAD")))["images/a/vendor/lib.txt"], "first\n");
  rmSync(join(directory, ".git/modules"), { recursive: true });
  assert.is((await problems(await openGitTree(directory, "HEAD"))).length, 1);
});

test.run();
