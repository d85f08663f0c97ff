import { appendFile, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { LogFollower, stepIn } from "../../src/run/log-follower.js";
import { assert, suite } from "../support/suite.js";

const test = suite("run/log-follower");
let path: string;

test.before.each(async () => {
  path = join(await mkdtemp(join(tmpdir(), "slipway-log-")), "a.log");
});
test.after.each(() => rm(join(path, ".."), { recursive: true }));

test("whole lines since the last call; the last one may lack its end", async () => {
  const log = new LogFollower(path);
  assert.equal(log.read(), [], "the file may come later");
  await writeFile(path, "a\nb\r\n\nhal");
  assert.equal(log.read(), ["a", "b"]);
  await appendFile(path, "f\nrest");
  assert.equal(log.read(), ["half"]);
  assert.equal(log.read(), []);
  assert.equal(log.read({ last: true }), ["rest"]);
});

test("progress bars are lines; a character may come in parts", async () => {
  const log = new LogFollower(path);
  const bytes = Buffer.from("10%\r50%\rü\n");
  await writeFile(path, bytes.subarray(0, 9));
  assert.equal(log.read(), ["10%"], "a line feed may follow");
  await appendFile(path, bytes.subarray(9));
  assert.equal(log.read(), ["50%", "ü"]);
});

test("a file that was emptied is read from its beginning", async () => {
  const log = new LogFollower(path);
  await writeFile(path, "an old line\n");
  assert.equal(log.read(), ["an old line"]);
  await writeFile(path, "new\n");
  assert.equal(log.read(), ["new"]);
});

test("a line without an end does not stay in memory, and a large log is read to its end", async () => {
  const log = new LogFollower(path);
  await writeFile(path, "x".repeat(100_000));
  assert.is(log.read().join("").length, 100_000);
  await appendFile(path, `\n${"line\n".repeat(50_000)}`);
  assert.is(log.read().length, 50_000);
});

test("Buildah's steps in words, and nothing else", () => {
  const lines = [
    "STEP 3/7: RUN x",
    "[2/3] STEP 1/4: FROM y",
    " STEP 1/2: z",
    "STEP a/b:",
    "STEP 1/99999999999:",
    "STEP 1/2",
  ];
  assert.equal(lines.map(stepIn), ["step 3/7", "stage 2/3, step 1/4", undefined, undefined, undefined, undefined]);
});

test.run();
