import { chmod, mkdir, mkdtemp, readdir, readFile, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { replaceFile } from "../../src/system/replace-file.js";
import { removeTree } from "../support/remove-tree.js";
import { assert, suite } from "../support/suite.js";

const test = suite("system/replace-file");
let directory: string;

test.before.each(async () => {
  directory = await mkdtemp(join(tmpdir(), "slipway-replace-"));
});
test.after.each(() => removeTree(directory));

const failure = (action: Promise<unknown>) =>
  action.then(
    () => "",
    ({ code }) => code as string,
  );

test("a new file, in a directory that is made for it; nothing else is left there", async () => {
  const path = join(directory, "a", "b", "file");
  await replaceFile(path, "one");
  await replaceFile(path, Buffer.from("two"), { durable: true });
  assert.is(await readFile(path, "utf8"), "two");
  assert.equal(await readdir(join(directory, "a", "b")), ["file"]);
});

test("permissions stay where that is asked for", async () => {
  const path = join(directory, "file");
  await writeFile(path, "one");
  await chmod(path, 0o751);
  await replaceFile(path, "two", { keepsPermissions: true });
  assert.equal([(await stat(path)).mode & 0o7777, await readFile(path, "utf8")], [0o751, "two"]);
  await replaceFile(path, "three");
  assert.is.not((await stat(path)).mode & 0o7777, 0o751);
});

test("many at once replace the file, each as a whole", async () => {
  const path = join(directory, "file");
  const texts = Array.from({ length: 20 }, (_, index) => `${index}\n`.repeat(5000));
  await Promise.all(texts.map((text) => replaceFile(path, text)));
  assert.ok(texts.includes(await readFile(path, "utf8")));
  assert.equal(await readdir(directory), ["file"]);
});

test("what cannot be replaced stays, and the temporary file goes", async () => {
  const path = join(directory, "file");
  await mkdir(join(path, "full"), { recursive: true });
  const temporary = join(directory, "temporary");
  assert.is(await failure(replaceFile(path, "x", { temporary })), "EISDIR");
  assert.is(await failure(replaceFile(join(directory, "missing"), "x", { keepsPermissions: true })), "ENOENT");
  assert.equal([await readdir(directory), await readdir(path)], [["file"], ["full"]]);
});

test.run();
