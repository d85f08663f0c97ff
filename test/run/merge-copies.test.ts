import { mkdirSync, mkdtempSync, readdirSync, readlinkSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Instruction, RecipeBase } from "../../src/model/instructions.js";
import { mergeCopies } from "../../src/run/merge-copies.js";
import { assert, suite } from "../support/suite.js";

const test = suite("run/merge-copies");
let context: string;

test.before.each(() => {
  context = mkdtempSync(join(tmpdir(), "slipway-merge-"));
  for (const name of ["0", "1", "2"]) {
    mkdirSync(join(context, "artifacts", name), { recursive: true });
    writeFileSync(join(context, "artifacts", name, `file-${name}`), "");
  }
});
test.after.each(() => rmSync(context, { recursive: true }));

const copy = (index: number, target: string, more: object = {}): Instruction => ({
  type: "copy",
  path: `artifacts/${index}/`,
  target,
  ...more,
});
const ENV: Instruction = { type: "env", name: "A", value: "b" };

/** `PATH TARGET` of each COPY of the only stage, and the type of all else. */
async function merged(instructions: readonly Instruction[], base: RecipeBase = { type: "scratch" }): Promise<string[]> {
  const [stage] = await mergeCopies(context, [{ name: undefined, base, instructions }]);
  return stage?.instructions.map((each) => (each.type === "copy" ? `${each.path} ${each.target}` : each.type)) ?? [];
}

const files = () => readdirSync(join(context, "merged/0"), { recursive: true }).sort();

test("directories that are copied onto nothing are one", async () => {
  assert.equal(await merged([copy(0, "/bin/"), copy(1, "/usr/share/doc/"), copy(2, "/usr/lib/"), ENV]), [
    "merged/0/ /",
    "env",
  ]);
  assert.equal(files(), [
    "bin",
    "bin/file-0",
    "usr",
    "usr/lib",
    "usr/lib/file-2",
    "usr/share",
    "usr/share/doc",
    "usr/share/doc/file-1",
  ]);
});

test("one alone stays, as do those of an image with a parent, and those after anything else", async () => {
  const two = ["artifacts/0/ /bin/", "artifacts/1/ /etc/"];
  assert.equal(await merged([copy(0, "/bin/")]), ["artifacts/0/ /bin/"]);
  assert.equal(await merged([copy(0, "/bin/"), copy(1, "/etc/")], { type: "stage", stage: "a" }), two);
  assert.equal(await merged([ENV, copy(0, "/bin/"), copy(1, "/etc/")]), ["env", ...two]);
});

test("what has an owner, is a file, comes from elsewhere or goes to the root is copied as it is", async () => {
  for (const other of [
    copy(1, "/etc/", { owner: "1:1" }),
    copy(1, "/etc/", { path: "artifacts/1/file-1" }),
    copy(1, "/etc", {}),
    copy(1, "/etc/", { from: { type: "stage", stage: "a" } }),
    copy(1, "/"),
  ]) {
    const [first, second] = await merged([copy(0, "/bin/"), other]);
    assert.is(first, "artifacts/0/ /bin/");
    assert.match(second ?? "", /^artifacts\/1\//);
  }
});

test("a second directory for the same place, or for one that a link leads to, is copied after the others", async () => {
  assert.equal(await merged([copy(0, "/bin/"), copy(1, "/bin/"), copy(2, "/etc/")]), [
    ...["merged/0/ /", "artifacts/1/ /bin/", "artifacts/2/ /etc/"],
  ]);
  assert.equal(files(), ["bin", "bin/file-0"]);
});

test("nothing is put behind a link that is copied", async () => {
  symlinkSync("/elsewhere", join(context, "artifacts/0/link"));
  assert.equal(await merged([copy(0, "/srv/"), copy(1, "/srv/link/deep/")]), [
    ...["merged/0/ /", "artifacts/1/ /srv/link/deep/"],
  ]);
  assert.is(readlinkSync(join(context, "merged/0/srv/link")), "/elsewhere");
});

test("a directory above one that is there already is copied after it", async () => {
  assert.equal(await merged([copy(0, "/usr/lib/x/"), copy(1, "/usr/")]), ["merged/0/ /", "artifacts/1/ /usr/"]);
});

test.run();
