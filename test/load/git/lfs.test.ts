import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { openGitTree } from "../../../src/load/git/commit-tree.js";
import { lfsPointer } from "../../../src/load/git/lfs.js";
import { type FileTree, TreeError } from "../../../src/load/git/tree.js";
import { openWorkingTree } from "../../../src/load/git/working-tree.js";
import { assert, suite } from "../../support/suite.js";
import {
  git,
  IMAGE,
  loadRef,
  places,
  removeTemporary,
  repository,
  temporaryDirectory,
} from "../temporary-catalogue.js";

const test = suite("load/git/lfs");
test.after(removeTemporary);

const CONTENT = Buffer.from("a large model\0".repeat(100));
const OID = createHash("sha256").update(CONTENT).digest("hex");
const POINTER = `version https://git-lfs.github.com/spec/v1\noid sha256:${OID}\nsize ${CONTENT.length}\n`;
const PATH = "images/a/model.bin";
const ATTRIBUTES = "*.bin filter=lfs diff=lfs merge=lfs -text\n";

/** A repository in which a file is kept by Git LFS, as in a clone without it: the pointer stands in the working tree. */
const withPointer = () => repository({ ".gitattributes": ATTRIBUTES, [PATH]: POINTER, "images/a/notes.txt": "notes" });

async function copied(tree: FileTree): Promise<Buffer> {
  const to = join(temporaryDirectory(), "copy", "model.bin");
  await tree.copy([{ from: PATH, to }]);
  return readFileSync(to);
}

async function copyFailure(tree: FileTree): Promise<TreeError> {
  const error = await copied(tree).catch((thrown: unknown) => thrown);
  assert.instance(error, TreeError);
  return error as TreeError;
}

function store(directory: string, content: Buffer): void {
  const file = join(directory, ".git/lfs/objects", OID.slice(0, 2), OID.slice(2, 4), OID);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, content);
}

test("the hash is that of the content in every way of reading, whether the content is there or not", async () => {
  const directory = await withPointer();
  const bare = temporaryDirectory();
  await git(bare, "clone", "--quiet", "--bare", directory, ".");
  const trees = [
    await openWorkingTree(directory),
    await openGitTree(directory, "HEAD"),
    await openGitTree(bare, "main"),
  ];
  // As `git lfs pull` leaves it: Git takes the file for unchanged, and without Git LFS for changed.
  writeFileSync(join(directory, PATH), CONTENT);
  trees.push(await openWorkingTree(directory));
  for (const tree of trees) assert.is((await tree.hash([PATH])).get(PATH), OID);
});

test("an edited file counts as it is", async () => {
  const directory = await withPointer();
  writeFileSync(join(directory, PATH), "edited");
  const hash = createHash("sha256").update("edited").digest("hex");
  assert.is((await (await openWorkingTree(directory)).hash([PATH])).get(PATH), hash);
});

test("the content comes from the storage of Git LFS or from the working tree, and is checked", async () => {
  const directory = await withPointer();
  const tree = await openGitTree(directory, "HEAD");
  const { message, hint } = await copyFailure(tree);
  assert.is(
    message,
    `${PATH} is a pointer of Git LFS, and its content (1400 bytes, sha256 ${OID}) is not on this machine`,
  );
  assert.is(hint, "fetch it: git lfs pull");
  assert.equal(await tree.absentContent?.([PATH, "images/a/notes.txt"]), [PATH]);
  store(directory, Buffer.alloc(CONTENT.length));
  await copyFailure(tree);
  writeFileSync(join(directory, PATH), CONTENT);
  assert.equal(await copied(tree), CONTENT);
  assert.equal(await copied(await openWorkingTree(directory)), CONTENT);
  writeFileSync(join(directory, PATH), POINTER);
  await copyFailure(tree);
  store(directory, CONTENT);
  assert.equal(await copied(tree), CONTENT);
  assert.equal(await tree.absentContent?.([PATH]), []);
});

test("the storage may be elsewhere, and a linked working tree shares it", async () => {
  const directory = await withPointer();
  const linked = join(temporaryDirectory(), "linked");
  await git(directory, "worktree", "add", "--quiet", linked);
  store(directory, CONTENT);
  assert.equal(await copied(await openWorkingTree(linked)), CONTENT);
  await git(directory, "config", "lfs.storage", temporaryDirectory());
  await copyFailure(await openWorkingTree(linked));
});

test("what Slipway reads itself must be in Git", async () => {
  const loaded = await loadRef(await repository({ "images/b.yaml": IMAGE, "slipway.yaml": POINTER }));
  assert.ok(places(loaded).includes("slipway.yaml:1:1 lfs-pointer"), places(loaded).join("\n"));
});

test("only a pointer is one", () => {
  assert.equal(lfsPointer(Buffer.from(POINTER)), { oid: OID, size: CONTENT.length });
  const extended = POINTER.replace("\noid", `\next-0-foo sha256:${OID}\noid`);
  assert.ok(lfsPointer(Buffer.from(extended)));
  for (const text of ["", `# ${POINTER}`, POINTER.replace("sha256:", "md5:"), POINTER.replace("spec/v1", "spec/v9")])
    assert.is(lfsPointer(Buffer.from(text)), undefined);
});

test.run();
