import { execFileSync, spawnSync } from "node:child_process";
import { chownSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { mountPoints, mountsBelow, unmount } from "../support/mounts.js";
import { removeTree } from "../support/remove-tree.js";
import { removeAbandoned } from "../support/scratch.js";
import { assert, suite } from "../support/suite.js";

const test = suite("scratch directories");

let parent = "";
test.before.each(() => {
  parent = mkdtempSync(join(tmpdir(), "scratch-"));
});
test.after.each(async () => {
  for (const point of await mountsBelow(parent)) await unmount(point);
  rmSync(parent, { recursive: true, force: true });
});

/** The directory of a run that was killed while something was mounted in a directory with a space in its name. */
function abandoned(): { directory: string; mounted: string } {
  const { pid } = spawnSync("true"); // it has ended
  const directory = join(parent, `slipway-test-${pid}-abc`);
  const mounted = join(directory, "some/deep/path/state five/overlay");
  mkdirSync(mounted, { recursive: true });
  execFileSync("mount", ["--bind", mounted, mounted]);
  writeFileSync(join(mounted, "file"), "");
  return { directory, mounted };
}

test("a killed run's directory is removed with what is mounted in it", async () => {
  const { directory, mounted } = abandoned();
  assert.equal(await mountsBelow(parent), [mounted]);
  assert.equal(await removeAbandoned(parent), []);
  assert.not.ok(existsSync(directory));
});

test("what another user has put there stays, whatever its name", async () => {
  const { pid } = spawnSync("true");
  const directory = join(parent, `slipway-test-${pid}-theirs`);
  mkdirSync(directory);
  chownSync(directory, 65_534, 65_534);
  const link = join(parent, `slipway-test-${pid}-link`);
  symlinkSync(directory, link);
  assert.equal(await removeAbandoned(parent), []);
  assert.ok(existsSync(directory), "their directory");
  assert.not.ok(existsSync(link), "a link of one's own is removed, and not what it leads to");
});

test("a directory of a running process stays", async () => {
  const directory = join(parent, `slipway-test-${process.pid}-abc`);
  mkdirSync(directory);
  assert.equal(await removeAbandoned(parent), []);
  assert.ok(existsSync(directory));
});

test("what cannot be removed is an error after a moment, however deep it is", async () => {
  const { directory } = abandoned();
  const error = await removeTree(directory).then(
    () => undefined,
    (failure: Error) => failure,
  );
  assert.match(error?.message ?? "it was removed", /^EBUSY: .*state five\/overlay/);
});

test("mount points are read with their escapes", () => {
  const line = (point: string) => `48 30 0:27 / ${point} rw,relatime - tmpfs tmpfs rw`;
  const points = ["/plain", "/a\\040b\\011c", "/back\\134slash"];
  assert.equal(mountPoints(points.map(line).join("\n")), ["/plain", "/a b\tc", "/back\\slash"]);
});

test.run();
