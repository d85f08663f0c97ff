import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemProblem } from "../../src/system/system-error.js";
import { assert, suite } from "../support/suite.js";

const test = suite("system/system-error");

const system = (code: string, more: object = {}) => Object.assign(new Error(code), { code, ...more });
const messageOf = (error: unknown) => systemProblem(error)?.message;

test("real errors: what could not be done to which file, and why", async () => {
  const directory = await mkdtemp(join(tmpdir(), "slipway-error-"));
  const caught = (action: Promise<unknown>) =>
    action.then(
      () => undefined,
      (error: unknown) => error,
    );
  const file = join(directory, "file");
  await writeFile(file, "");
  assert.is(
    messageOf(await caught(readFile(directory))),
    "cannot read a file: it is a directory, where a file is expected",
  );
  assert.is(
    messageOf(await caught(writeFile(directory, ""))),
    `cannot open ${directory}: it is a directory, where a file is expected`,
  );
  assert.match(messageOf(await caught(readFile(join(file, "x")))) ?? "", /a part of the path is a file/);
  assert.is(messageOf(await caught(readFile(`${file}s`))), `cannot open ${file}s: it does not exist`);
  await rm(directory, { recursive: true });
});

test("a full disk says how much is free; each problem has a hint", () => {
  const full = systemProblem(system("ENOSPC", { syscall: "write", path: join(tmpdir(), "x") }));
  assert.match(full?.message ?? "", /^cannot write \S+: the disk is full \(\d+ kB free in \S+\)$/);
  assert.match(full?.hint ?? "", /slipway doctor/);
  assert.is(
    messageOf(system("EROFS", { syscall: "open", path: "/x" })),
    "cannot write /x: its file system is read-only",
  );
  assert.is(
    messageOf(system("EMFILE", { syscall: "spawn git", path: "git" })),
    "cannot start git: too many files are open",
  );
  assert.is(
    messageOf(system("EEXIST", { syscall: "rename", path: "/a", dest: "/b" })),
    "cannot write /b: something else has this name",
  );
});

test("other errors are not of the system", () => {
  for (const error of [
    new Error("x"),
    system("ERR_INVALID_ARG_TYPE"),
    system("EINVAL"),
    system("EBADF"),
    "ENOSPC",
    undefined,
  ])
    assert.is(systemProblem(error), undefined);
});

test.run();
