import { mkdir, mkdtemp, readFile, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { writeContext } from "../../../src/app/build/write-context.js";
import type { FileTree } from "../../../src/load/git/tree.js";
import type { ContextEntry, Recipe } from "../../../src/model/recipe.js";
import type { Download } from "../../../src/run/download.js";
import { textOnly } from "../../support/containerfile-from.js";
import { removeTree } from "../../support/remove-tree.js";
import { assert, suite } from "../../support/suite.js";

const test = suite("write-context");
let directory: string;

test.before.each(async () => {
  directory = await mkdtemp(join(tmpdir(), "slipway-context-"));
  await writeFile(join(directory, "cached"), "downloaded", { mode: 0o600 });
});
test.after.each(() => removeTree(directory));

const FILE: ContextEntry = { path: "artifacts/0/a", mode: "100644", from: "images/x/a", content: "11" };
const DOWNLOAD: ContextEntry = {
  path: "artifacts/1/x.tar.gz",
  mode: "100644",
  from: "https://example.org/x.tar.gz",
  content: "22",
  mirrors: ["https://mirror.example/x.tar.gz"],
};
const recipe = (...context: readonly ContextEntry[]): Recipe => ({
  containerfile: textOnly(""),
  context,
  packages: [],
});

/** A tree in which every file has these bytes and this hash. */
function fakeTree(hash: string): Pick<FileTree, "copy" | "hash"> & { copied: string[] } {
  const copied: string[] = [];
  return {
    copied,
    copy: async (requests) => {
      for (const { from, to } of requests) {
        copied.push(from);
        await mkdir(join(to, ".."), { recursive: true });
        await writeFile(to, "of the tree");
      }
    },
    hash: async (paths) => new Map(paths.map((path) => [path, hash])),
  };
}

async function write(tree: ReturnType<typeof fakeTree>, ...context: readonly ContextEntry[]): Promise<Download[]> {
  const asked: Download[] = [];
  const download = async (one: Download) => {
    asked.push(one);
    return join(directory, "cached");
  };
  const job = { signal: new AbortController().signal, log: "/log" };
  const sources = { tree: tree as unknown as FileTree, download };
  await writeContext(sources, recipe(...context), join(directory, "context"), job);
  return asked;
}

const permissions = async (path: string) => ((await stat(join(directory, "context", path))).mode & 0o777).toString(8);

test("files come from the tree, downloads from their addresses; permissions are the definition's or those of a file", async () => {
  const tree = fakeTree("11");
  const program = { ...DOWNLOAD, path: "artifacts/2/tool", permissions: "0755", mirrors: [] };
  const asked = await write(tree, FILE, DOWNLOAD, program);
  assert.equal(tree.copied, ["images/x/a"]);
  const { from: url, content: sha256 } = DOWNLOAD;
  assert.equal(asked, [
    { url, sha256, mirrors: ["https://mirror.example/x.tar.gz"] },
    { url, sha256, mirrors: [] },
  ]);
  assert.is(await readFile(join(directory, "context", DOWNLOAD.path), "utf8"), "downloaded");
  assert.equal([await permissions(DOWNLOAD.path), await permissions(program.path)], ["644", "755"]);
});

test("a file of the tree that has changed is not built from", async () => {
  const failed = await write(fakeTree("12"), FILE, DOWNLOAD).then(
    () => "",
    ({ message }) => message,
  );
  assert.is(failed, "images/x/a changed while it was being built; run again");
});

test("a download is never written through what is there already", async () => {
  await mkdir(join(directory, "context/artifacts/1"), { recursive: true });
  await symlink(join(directory, "outside"), join(directory, "context", DOWNLOAD.path));
  const failed = await write(fakeTree("11"), DOWNLOAD).then(
    () => "",
    ({ code }) => code,
  );
  assert.is(failed, "EEXIST");
});

test.run();
