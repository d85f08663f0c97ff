import { spaceExplainer } from "../../../src/app/build/disk-space.js";
import type { BuildFailure } from "../../../src/model/plan.js";
import { assert, suite } from "../../support/suite.js";

const test = suite("app/build/disk-space");

const GB = 1_000_000_000;

/** What is made of a failure on a disk with so many bytes free at first, and then. */
async function explained(failure: BuildFailure, first: number, then = first): Promise<BuildFailure> {
  const measured = [first, then];
  const explain = spaceExplainer(["/state"], () => ({
    bytes: measured.shift() ?? 0,
    inodes: Number.POSITIVE_INFINITY,
  }));
  return explain(failure);
}

const failed = (message: string, code = "BUILD_FAILED", tail: readonly string[] = []) => ({ code, message, tail });
const isNamed = ({ message }: BuildFailure) => message.startsWith("no space left on /state: ");

test("a disk that is full, or was nearly, is named with its room; what was said stays below", async () => {
  const { message, tail } = await explained(
    failed("committing: io: read/write on closed pipe", "BUILD_FAILED", ["x"]),
    4e8,
    4e7,
  );
  assert.is(
    message,
    "no space left on /state: 40.0 MB free; the build had 400.0 MB, and a Debian base takes about 2.00 GB",
  );
  assert.equal(tail, ["committing: io: read/write on closed pipe", "x"]);
  // Buildah has removed what it could not finish.
  assert.ok(isNamed(await explained(failed("short write"), 4e8)));
  assert.ok(isNamed(await explained(failed("exit status 1", "BUILD_FAILED", ["dd: No space left on device"]), 4e8)));
  assert.ok(isNamed(await explained(failed("exit status 1"), 4e8, 1e6)), "nobody says it");
});

test("with room on the disk, it is the image that says so: a small file system in a container, a broken pipe", async () => {
  for (const message of ["write: No space left on device", "io: read/write on closed pipe", "exit status 1"]) {
    const failure = failed(message);
    assert.is(await explained(failure, 50 * GB, 49 * GB), failure);
  }
});

test("what is wrong with an image is not explained by a disk", async () => {
  for (const code of ["TEST_FAILED", "NOT_APPROVED"]) {
    const failure = failed("exit status 1", code);
    assert.is(await explained(failure, 4e8, 1e6), failure);
  }
});

test("the fullest of several disks is named", async () => {
  const free: Readonly<Record<string, number>> = { "/state": 50 * GB, "/registry": 1e6 };
  const explain = spaceExplainer(["/state", "/registry"], (path) => ({
    bytes: free[path] ?? 0,
    inodes: Number.POSITIVE_INFINITY,
  }));
  assert.match(
    (await explain(failed("ENOSPC", "PUBLISH_FAILED"))).message,
    /^no space left on \/registry: 1\.0 MB free/,
  );
});

test("a disk without inodes is named, however many bytes it has", async () => {
  const explain = spaceExplainer(["/state", "/registry"], (path) => ({
    bytes: 50 * GB,
    inodes: path === "/registry" ? 3 : 1e6,
  }));
  const { code, message } = await explain(failed("exit status 1"));
  assert.is(code, "MACHINE_FAILED");
  assert.match(message, /^no space left on \/registry: 50\.00 GB and room for 3 files free; the build had/);
});

test.run();
