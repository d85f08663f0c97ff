import { chmodSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { openGitTree } from "../../../src/load/git/commit-tree.js";
import { type FileTree, TreeError } from "../../../src/load/git/tree.js";
import { openWorkingTree } from "../../../src/load/git/working-tree.js";
import { assert, suite } from "../../support/suite.js";
import { git, removeTemporary, repository, temporaryDirectory } from "../temporary-catalogue.js";

const test = suite("load/git/stored-content");
test.after(removeTemporary);

const FILES = {
  "images/a/unix.txt": "one\ntwo\n",
  "images/a/marked.txt": "$Id$\n",
  "images/a/run.sh": { program: "#!/bin/sh\necho\n" },
  "images/a/data.bin": Buffer.from([0, 13, 10, 1]),
  "images/a/link": { link: "unix.txt" },
};

const everything = async (tree: FileTree) => ({
  modes: [...tree.files.values()].map(({ path, mode }) => `${mode} ${path}`),
  hashes: [...(await tree.hash([...tree.files.keys()]))].sort(),
});

/** A clone that was checked out with these settings. */
async function clone(directory: string, ...settings: readonly string[]): Promise<string> {
  const to = temporaryDirectory();
  const options = settings.flatMap((setting) => ["--config", setting]);
  await git(to, "clone", "--quiet", ...options, directory, ".");
  return to;
}

test("a fresh checkout is its commit, whatever the settings of the clone are", async () => {
  const directory = await repository(FILES);
  const expected = await everything(await openGitTree(directory, "HEAD"));
  const settings = [
    ["core.autocrlf=true"],
    ["core.autocrlf=input"],
    ["core.fileMode=false"],
    ["core.symlinks=false"],
    ["core.autocrlf=true", "core.symlinks=false"],
  ];
  for (const each of settings) {
    const copy = await clone(directory, ...each);
    if (each[0] === "core.autocrlf=true") assert.match(readFileSync(join(copy, "images/a/unix.txt"), "utf8"), /\r\n/);
    if (each[0] === "core.fileMode=false") chmodSync(join(copy, "images/a/unix.txt"), 0o755);
    assert.equal(await everything(await openWorkingTree(copy)), expected, each.join(" "));
  }
});

test("attributes change nothing: line ends, keywords, encodings, filters", async () => {
  const attributes = "*.txt text eol=crlf\nmarked.txt ident\n*.utf working-tree-encoding=UTF-16LE\n*.sh filter=shout\n";
  for (const place of [".gitattributes", "images/a/.gitattributes"]) {
    const directory = await repository({
      ...FILES,
      "images/a/x.utf": Buffer.from("a\0", "latin1"),
      [place]: attributes,
    });
    const expected = await everything(await openGitTree(directory, "HEAD"));
    const copy = await clone(directory, "filter.shout.smudge=tr a-z A-Z", "filter.shout.clean=tr A-Z a-z");
    assert.match(readFileSync(join(copy, "images/a/run.sh"), "utf8"), /ECHO/);
    assert.match(readFileSync(join(copy, "images/a/marked.txt"), "utf8"), /\$Id: [0-9a-f]+ \$/);
    assert.equal(await everything(await openWorkingTree(copy)), expected, place);
    const files = await openWorkingTree(copy);
    const to = join(temporaryDirectory(), "run.sh");
    await files.copy([{ from: "images/a/run.sh", to }]);
    assert.is(readFileSync(to, "utf8"), "#!/bin/sh\necho\n");
  }
});

test("a changed or new file counts as Git would commit it, and nothing is written into the repository", async () => {
  const copy = await clone(await repository({ ...FILES, "sub/images/a/b.txt": "b\n" }), "core.autocrlf=true");
  for (const directory of [copy, join(copy, "sub")]) {
    writeFileSync(join(directory, "images/a/unix.txt"), "one\r\nTWO\r\n");
    writeFileSync(join(directory, 'images/a/"new"\n.txt'), "new\r\n");
    const objects = () => readdirSync(join(copy, ".git/objects"), { recursive: true }).length;
    const before = objects();
    const tree = await openWorkingTree(directory);
    const texts = new Map<string, string>();
    const paths = ["images/a/unix.txt", 'images/a/"new"\n.txt'];
    await tree.read(paths, (path, content) => texts.set(path, content.toString("utf8")));
    assert.equal([...texts.values()].sort(), ["new\n", "one\nTWO\n"]);
    assert.is(objects(), before);
  }
});

test("files whose times alone changed are what they were", async () => {
  const directory = await repository(FILES);
  const copy = await clone(directory, "core.autocrlf=true");
  writeFileSync(join(copy, "images/a/unix.txt"), readFileSync(join(copy, "images/a/unix.txt")));
  assert.equal(await everything(await openWorkingTree(copy)), await everything(await openGitTree(directory, "HEAD")));
});

test("without settings and attributes a file is read from the disk", async () => {
  const directory = await repository(FILES);
  writeFileSync(join(directory, "images/a/unix.txt"), "one\r\n");

  const tree = await openWorkingTree(directory);
  let text = "";
  await tree.read(["images/a/unix.txt"], (_, content) => {
    text = content.toString("utf8");
  });
  assert.is(text, "one\r\n");
});

test("a filter that fails is named by Git's reason", async () => {
  const attributes = "*.sh filter=broken\n";
  const directory = await repository({ ...FILES, ".gitattributes": attributes });
  await git(directory, "config", "filter.broken.clean", "false");
  await git(directory, "config", "filter.broken.required", "true");
  writeFileSync(join(directory, "images/a/run.sh"), "#!/bin/sh\n");
  const error = await openWorkingTree(directory).catch((thrown: unknown) => thrown);
  assert.instance(error, TreeError);
  assert.ok((error as TreeError).message.includes("broken"), (error as TreeError).message);
  assert.match((error as TreeError).message, /^Git cannot tell what it would commit: .*broken/);
});

test.run();
