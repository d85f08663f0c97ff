import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { isWanted, isWantedDirectory, isWantedLink } from "../../src/packages/inventory/wanted.js";
import { findFiles } from "../../src/run/find-files.js";
import { StepFailure } from "../../src/run/runner.js";
import { assert, suite } from "../support/suite.js";

const test = suite("run/find-files");
const WANTED = { isWanted, isWantedDirectory, isWantedLink };
const NEVER = new AbortController().signal;
let root: string;

test.before.each(() => {
  root = mkdtempSync(join(tmpdir(), "slipway-find-"));
});
test.after.each(() => rmSync(root, { recursive: true, force: true }));

function write(path: string, text = "x"): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}

const find = (signal = NEVER) => findFiles(root, WANTED, signal);

test("finds what is wanted anywhere, and reads as much as is asked for", async () => {
  write("/var/lib/dpkg/status", "Package: a\n");
  write("/app/deep/er/node_modules/@a/b/package.json", "äb");
  write("/app/package.json");
  write("/proc/x/node_modules/c/package.json");
  const files = await find();
  assert.equal(files.paths, ["/app/deep/er/node_modules/@a/b/package.json", "/var/lib/dpkg/status"]);
  assert.equal(files.read("/var/lib/dpkg/status", 100), "Package: a\n");
  assert.equal(files.read("/var/lib/dpkg/status", 7), "Package");
  assert.is(files.read("/app/deep/er/node_modules/@a/b/package.json", 100), "äb");
  assert.is(files.read("/nowhere", 100), undefined);
});

test("links lead nowhere but into the root, and never in a circle", async () => {
  write("/hidden/stuff/package.json", "inside");
  write("/hidden/info/METADATA", "info");
  write("/etc/shadow", "the image's own");
  mkdirSync(join(root, "srv/node_modules/@scope"), { recursive: true });
  const link = (target: string, path: string) => symlinkSync(target, join(root, path));
  link("/hidden/stuff", "srv/node_modules/linked");
  link("../../../../../../../../hidden/stuff", "srv/node_modules/@scope/again");
  link("/hidden/info", "srv/x-1.0.dist-info");
  link("..", "srv/node_modules/loop");
  link("/", "srv/node_modules/all");
  link("self", "srv/node_modules/self");
  link("/etc", "outside");
  link("shadow", "etc/os-release");
  const files = await find();
  // What two links name is there once.
  assert.equal(files.paths.length, 2, files.paths.join(" "));
  assert.is(files.read("/srv/x-1.0.dist-info/METADATA", 100), "info");
  assert.is(files.read("/srv/node_modules/@scope/again/package.json", 100), "inside");
  assert.is(files.read("/outside/os-release", 100), "the image's own");
  symlinkSync("/etc/passwd", join(root, "passwd"));
  assert.is(files.read("/passwd", 100), undefined, "the machine's is none of the image's");
});

test("a link to a file is followed where the file is wanted", async () => {
  write("/data/metadata", "Name: a\n");
  mkdirSync(join(root, "srv/a-1.dist-info"), { recursive: true });
  symlinkSync("/data/metadata", join(root, "srv/a-1.dist-info/METADATA"));
  const files = await find();
  assert.equal(files.paths, ["/srv/a-1.dist-info/METADATA"]);
  assert.is(files.read("/srv/a-1.dist-info/METADATA", 100), "Name: a\n");
});

test("pipes, devices and huge files do not hold it up", async () => {
  mkdirSync(join(root, "srv/node_modules/pipe"), { recursive: true });
  execFileSync("mkfifo", [join(root, "srv/node_modules/pipe/package.json")]);
  mkdirSync(join(root, "var/lib/dpkg"), { recursive: true });
  execFileSync("mkfifo", [join(root, "var/lib/dpkg/status")]);
  write("/srv/node_modules/huge/package.json");
  truncateSync(join(root, "srv/node_modules/huge/package.json"), 2 ** 40);
  const files = await find();
  assert.equal(files.paths, ["/srv/node_modules/huge/package.json"]);
  assert.is(files.read("/srv/node_modules/huge/package.json", 1000), "\0".repeat(1000).replace("\0", "x"));
  assert.is(files.read("/var/lib/dpkg/status", 1000), undefined);
  assert.throws(() => {
    files.read("/srv/node_modules/huge/package.json", 512 << 20);
  }, /more than 256 MiB/);
});

test("names that are no UTF-8 hide nothing", async () => {
  const directory = Buffer.concat([Buffer.from(`${root}/a`), Buffer.from([0xff]), Buffer.from("/node_modules/b")]);
  mkdirSync(directory, { recursive: true });
  writeFileSync(Buffer.concat([directory, Buffer.from("/package.json")]), "found");
  const { paths, read } = await find();
  assert.equal(paths, ["/a\uFFFD/node_modules/b/package.json"]);
  assert.is(read(paths[0] ?? "", 100), "found");
});

test("what is too deep to be looked at is refused, since it could hold anything", async () => {
  // 30 levels of 200 bytes are more than any path may have.
  const script = 'cd "$0"; i=0; while [ $i -lt 30 ]; do mkdir "$1"; cd -P "$1" || exit 1; i=$((i + 1)); done';
  execFileSync("/bin/bash", ["-c", script, root, "d".repeat(200)]);
  const error = await find().catch((thrown) => thrown);
  // Node.js cannot remove it either.
  execFileSync("rm", ["-rf", root]);
  assert.ok(error instanceof StepFailure && error.code === "NOT_APPROVED", String(error));
  assert.match(error.message, /cannot be read: …d+: ENAMETOOLONG/);
});

test("many files are walked without holding up an interruption", async () => {
  for (let index = 0; index < 20; index++) {
    const directory = join(root, `d${index}`);
    mkdirSync(directory);
    for (let file = 0; file < 100; file++) writeFileSync(join(directory, `f${file}`), "");
  }
  assert.equal((await find()).paths, []);
  chmodSync(root, 0o755);
  const controller = new AbortController();
  const walk = findFiles(
    root,
    {
      ...WANTED,
      isWanted: () => {
        controller.abort();
        const until = Date.now() + 1;
        while (Date.now() < until);
        return false;
      },
    },
    controller.signal,
  );
  const error = await walk.catch((thrown) => thrown);
  assert.is(error.code, "INTERRUPTED");
});

test.run();
