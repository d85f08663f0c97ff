import { execFileSync } from "node:child_process";
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { openCommit, openGitTree, resolveCommit } from "../../../src/load/git/commit-tree.js";
import { type FileTree, TreeError } from "../../../src/load/git/tree.js";
import { openWorkingTree } from "../../../src/load/git/working-tree.js";
import { assert, suite } from "../../support/suite.js";
import {
  folder,
  git,
  IMAGE,
  removeTemporary,
  repository,
  temporaryDirectory,
  writeFiles,
} from "../temporary-catalogue.js";

const test = suite("load/git-tree");
test.after(removeTemporary);

async function failure(promise: Promise<unknown>): Promise<TreeError> {
  const error = await promise.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (error instanceof TreeError) return error;
  throw new Error(`no TreeError but ${error}`);
}

test("branches, tags, abbreviations and ancestors are refs", async () => {
  const directory = await repository({ "images/a.yaml": IMAGE });
  const commit = await git(directory, "rev-parse", "HEAD");
  await git(directory, "tag", "--annotate", "--message=x", "v1");
  for (const ref of ["main", "HEAD", "v1", commit, commit.slice(0, 10), "refs/heads/main", "HEAD^{}"]) {
    assert.is((await openGitTree(directory, ref)).commit, commit, ref);
  }
});

test("a bare repository is enough", async () => {
  const directory = await repository({ "images/a.yaml": IMAGE });
  const bare = temporaryDirectory();
  await git(bare, "clone", "--quiet", "--bare", directory, ".");
  assert.equal([...(await openGitTree(bare, "main")).files.keys()], ["images/a.yaml"]);
});

test("an unknown ref is answered with the nearest name", async () => {
  const directory = await repository({});
  const error = await failure(openGitTree(directory, "mian"));
  assert.equal([error.code, error.hint], ["unknown-ref", "did you mean main?"]);
  assert.is((await failure(openGitTree(directory, "0".repeat(40)))).code, "unknown-ref");
  assert.is((await failure(openGitTree(directory, "HEAD:images"))).code, "unknown-ref");
});

test("a shallow clone explains itself", async () => {
  const directory = await repository({});
  const clone = temporaryDirectory();
  await git(clone, "clone", "--quiet", "--depth=1", `file://${directory}`, ".");
  assert.match((await failure(openGitTree(clone, "HEAD~1"))).hint ?? "", /shallow/);
});

test("no ref is taken for an option", async () => {
  const directory = await repository({ "images/a.yaml": IMAGE });
  const refs = [
    "--upload-pack=touch pwned",
    "--output=pwned",
    "--git-dir=/",
    "-c",
    "--all",
    "--",
    "",
    "a\0b",
    "HEAD\nHEAD",
    "$(touch pwned)",
    "HEAD --",
    "^HEAD",
    "HEAD..HEAD",
    "--path-format=absolute",
  ];
  for (const ref of refs) assert.is((await failure(openGitTree(directory, ref))).code, "unknown-ref", ref);
  assert.is(existsSync(join(directory, "pwned")), false);
});

test("outside a repository, and in no directory", async () => {
  const directory = temporaryDirectory();
  const outside = await failure(openGitTree(directory, "HEAD"));
  assert.is(outside.code, "not-a-repository");
  assert.match(outside.hint ?? "", /--catalogue/);
  assert.is((await failure(openGitTree(join(directory, "none"), "HEAD"))).code, "not-a-directory");
  assert.is((await failure(openWorkingTree(join(directory, "none")))).code, "not-a-directory");
});

test("without git", async () => {
  const directory = await repository({});
  const { PATH } = process.env;
  process.env.PATH = temporaryDirectory();
  try {
    assert.is((await failure(openGitTree(directory, "HEAD"))).code, "git-missing");
    assert.is((await failure(openWorkingTree(directory))).code, "git-missing");
    assert.equal([...(await openWorkingTree(folder({ "images/a.yaml": IMAGE }))).files.keys()], ["images/a.yaml"]);
  } finally {
    process.env.PATH = PATH;
  }
});

test("a damaged repository is no crash", async () => {
  const directory = await repository({});
  writeFileSync(join(directory, ".git/HEAD"), "nonsense");
  assert.is((await failure(openGitTree(directory, "HEAD"))).code, "git-failed");
});

test("neither the repository's configuration nor replace refs decide what is read", async () => {
  const directory = await repository({ "images/a.yaml": IMAGE });
  await git(directory, "config", "core.fsmonitor", "touch pwned; false");
  const oid = await git(directory, "rev-parse", "HEAD:images/a.yaml");
  writeFileSync(join(directory, "other"), "other");
  await git(directory, "replace", oid, await git(directory, "hash-object", "-w", "other"));
  await openWorkingTree(directory);
  assert.is(existsSync(join(directory, "pwned")), false);
  const contents: string[] = [];
  await (await openGitTree(directory, "HEAD")).read(["images/a.yaml"], (_, content) =>
    contents.push(content.toString()),
  );
  assert.equal(contents, [IMAGE]);
});

const LARGE = Buffer.alloc(3_000_000, "0123456789abcde\n");
const FILES = {
  "images/empty": "",
  "images/large": LARGE,
  "images/run": { program: "#!/bin/sh\n" },
  "images/link": { link: "run" },
  "images/dir/x": "x\n",
};

async function bothTrees(): Promise<readonly FileTree[]> {
  const directory = await repository(FILES);
  return [await openGitTree(directory, "HEAD"), await openWorkingTree(directory)];
}

test("contents arrive whole, whatever their size", async () => {
  for (const tree of await bothTrees()) {
    const contents = new Map<string, Buffer>();
    await tree.read([...tree.files.keys()], (path, content) => contents.set(path, Buffer.from(content)));
    assert.is(contents.get("images/empty")?.length, 0);
    assert.ok(contents.get("images/large")?.equals(LARGE));
    assert.is(contents.get("images/link")?.toString(), "run");
    assert.is(contents.get("images/dir/x")?.toString(), "x\n");
  }
});

test("hashes are SHA-256, a link's is its target", async () => {
  for (const tree of await bothTrees()) {
    const hashes = await tree.hash([...tree.files.keys()]);
    assert.is(hashes.get("images/empty"), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    assert.is(hashes.get("images/dir/x"), "73cb3858a687a8494ca3323053016282f3dad39d42cf62ca4e79dda2aac7d9ac");
    assert.is(hashes.get("images/link"), "run");
    assert.is(hashes.get("images/large")?.length, 64);
  }
});

test("copies carry modes and links, and never write through what is there", async () => {
  for (const tree of await bothTrees()) {
    const target = temporaryDirectory();
    const victim = join(temporaryDirectory(), "victim");
    writeFileSync(victim, "untouched");
    mkdirSync(join(target, "a"));
    symlinkSync(victim, join(target, "a/large"));
    const requests = ["large", "run", "link", "empty", "dir/x"].map((name) => ({
      from: `images/${name}`,
      to: join(target, "a", name),
    }));
    await tree.copy([...requests, { from: "images/run", to: join(target, "again") }]);
    assert.is(readFileSync(victim, "utf8"), "untouched");
    assert.ok(readFileSync(join(target, "a/large")).equals(LARGE));
    assert.is(lstatSync(join(target, "a/run")).mode & 0o7777, 0o755);
    assert.is(lstatSync(join(target, "a/dir/x")).mode & 0o7777, 0o644);
    assert.is(readlinkSync(join(target, "a/link")), "run");
    assert.is(readFileSync(join(target, "again"), "utf8"), "#!/bin/sh\n");
  }
});

test("a file that disappears is an error with its name", async () => {
  const directory = folder({ "images/a.yaml": IMAGE });
  const tree = await openWorkingTree(directory);
  rmSync(join(directory, "images/a.yaml"));
  const error = await failure(tree.hash(["images/a.yaml"]));
  assert.is(error.code, "unreadable");
  assert.match(error.message, /images\/a\.yaml/);
});

test("what a receiver throws is passed on", async () => {
  const directory = await repository({ "images/a.yaml": IMAGE });
  const tree = await openGitTree(directory, "HEAD");
  const read = tree.read(["images/a.yaml"], () => {
    throw new RangeError("mine");
  });
  assert.match(String(await read.catch((error: unknown) => error)), /RangeError: mine/);
});

test("more than 100,000 files are refused", async () => {
  const directory = await repository({});
  writeFiles(directory, { x: "x" });
  const content = await git(directory, "hash-object", "-w", "x");
  const lines = Array.from({ length: 100_001 }, (_, index) => `100644 ${content} 0\timages/${index}\n`).join("");
  execFileSync("git", ["update-index", "--index-info"], { cwd: directory, input: lines });
  await git(directory, "commit", "--quiet", "--message=many");
  assert.is((await failure(openGitTree(directory, "HEAD"))).code, "too-many-files");
});

test("a part of a commit: the files at or below some paths, however many paths there are", async () => {
  const files = { "images/a/image.yaml": "name: a\n", "images/a/app/x": "x\n", "images/ab/image.yaml": "name: ab\n" };
  const directory = await repository(files);
  const commit = await resolveCommit(directory, "HEAD");
  const many = Array.from({ length: 1000 }, (_, at) => `images/none-${at}`);
  for (const paths of [["images/a"], ["images/a", ...many]]) {
    const tree = await openCommit(directory, commit, paths);
    assert.equal([...tree.files.keys()], ["images/a/app/x", "images/a/image.yaml"]);
  }
});

test.run();
