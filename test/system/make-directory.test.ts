import { mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { makeDirectory } from "../../src/system/make-directory.js";
import { assert, suite } from "../support/suite.js";

/* Full and read-only disks need mounts: e2e/faults. */
const test = suite("system/make-directory");
let directory: string;

test.before.each(() => {
  directory = mkdtempSync(join(tmpdir(), "slipway-make-"));
});
test.after.each(() => rmSync(directory, { recursive: true }));

const codeOf = (path: string) => {
  try {
    return makeDirectory(path);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code;
  }
};

test("makes what is missing, with a mode, and returns the uppermost", () => {
  assert.is(makeDirectory(join(directory, "a/b/c"), 0o700), join(directory, "a"));
  assert.is(statSync(join(directory, "a/b/c")).mode & 0o777, 0o700);
  assert.is(makeDirectory(join(directory, "a/b")), undefined);
});

test("a link that leads nowhere is no directory, and nothing is made behind it", () => {
  symlinkSync("missing", join(directory, "link"));
  for (const path of ["link", "link/below"])
    assert.ok(["ENOENT", "EEXIST"].includes(codeOf(join(directory, path)) ?? ""), path);
});

test("a link to a directory is one", () => {
  makeDirectory(join(directory, "real"));
  symlinkSync("real", join(directory, "link"));
  assert.is(makeDirectory(join(directory, "link/below/it")), join(directory, "link/below"));
});

test("a file in the way", () => {
  writeFileSync(join(directory, "file"), "");
  assert.is(codeOf(join(directory, "file")), "EEXIST");
  assert.is(codeOf(join(directory, "file/below")), "ENOTDIR");
});

test.run();
