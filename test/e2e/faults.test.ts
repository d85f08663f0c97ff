import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { copyFile, mkdir, open, readdir, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { makeDirectory } from "../../src/system/make-directory.js";
import { TestCatalogue } from "../support/catalogue.js";
import { layoutContent } from "../support/layout.js";
import { unmount } from "../support/mounts.js";
import { type Finished, signalGroup } from "../support/slipway-process.js";
import { assert, suite } from "../support/suite.js";
import { until } from "../support/until.js";
import { buildahIn, containersIn, processesOf, Workspace } from "../support/workspace.js";

/* Faults of the machine: each ends soon, says why, and heals. The soak (docs/reliability.md) tries them at random moments. */
const test = suite("faults");
const execute = promisify(execFile);
let workspace: Workspace;
let catalogue: TestCatalogue;

test.before(async () => {
  workspace = await Workspace.create();
  catalogue = await TestCatalogue.create(workspace);
});
test.after(() => workspace.remove());

/** Builds one image with a state directory and a registry of its own; a run of more than a minute fails. */
async function build(name: string, env: Readonly<Record<string, string>> = {}): Promise<Finished> {
  const args = ["build", "base", "--registry", `oci:${workspace.path(`${name}-registry`)}`];
  const running = catalogue.start(args, {
    env: { ...workspace.env, SLIPWAY_STATE: workspace.path(name), ...env },
    group: true,
  });
  const timer = setTimeout(() => signalGroup(running, "SIGKILL"), 60_000);
  const ended = await running.ended;
  clearTimeout(timer);
  assert.not.match(ended.stdout + ended.stderr, "this is a bug");
  return ended;
}

async function onDisk(options: string, action: (directory: string) => Promise<void>): Promise<void> {
  const directory = workspace.path(`disk-${options.replace(/\W/g, "-")}`);
  await mkdir(directory);
  await execute("mount", ["-t", "tmpfs", "-o", options, "tmpfs", directory]);
  try {
    await action(directory);
  } finally {
    await workspace.clear(`${directory}/state`);
    await unmount(directory);
  }
}

test("a directory that cannot be made on a full or read-only disk is told with the disk's reason", async () => {
  const codeOf = (make: () => unknown) =>
    Promise.resolve()
      .then(make)
      .then(String, ({ code }: NodeJS.ErrnoException) => code);
  await onDisk("size=1m,nr_inodes=3", async (disk) => {
    // Node's own function says that there is no such file.
    assert.is(await codeOf(() => mkdir(`${disk}/a/b/c`, { recursive: true })), "ENOENT");
    assert.is(await codeOf(() => makeDirectory(`${disk}/d/e/f`)), "ENOSPC");
    await execute("mount", ["-o", "remount,ro", disk]);
    assert.is(await codeOf(() => makeDirectory(`${disk}/g/h`)), "EROFS");
  });
});

for (const [options, said] of [
  ["size=200k", /no space left on \S+state: \d+ kB free; the build had/],
  ["size=1400k", /no space left on \S+state: [\d.]+ [kM]B free; the build had/],
  ["size=50m,nr_inodes=5", /cannot write \S+: the disk has no inodes left/],
  ["size=50m,nr_inodes=40", /no space left on \S+state: [\d.]+ MB and room for \d+ files free/],
] as const)
  test(`a state directory on a disk with ${options}: it is named, exit code 4, and nothing is held`, async () => {
    await onDisk(options, async (disk) => {
      const { code, stdout, stderr } = await build(`small-${options}`, { SLIPWAY_STATE: `${disk}/state` });
      assert.is(code, 4, stdout + stderr);
      assert.match(stdout + stderr, said);
      assert.equal(await processesOf(disk), []);
    });
  });

test("a registry on a full disk, and one that is read-only", async () => {
  await onDisk("size=300k", async (disk) => {
    const args = ["build", "base", "--registry", `oci:${disk}/registry`];
    const env = { ...workspace.env, SLIPWAY_STATE: workspace.path("full-registry") };
    const { stdout } = await catalogue.expect(4, args, { env });
    assert.match(stdout, /no space left on \S+registry: \d+ kB free; the build had/);
    await execute("mount", ["-o", "remount,ro", disk]);
    const { stdout: later } = await catalogue.expect(4, args, { env });
    assert.match(later, /base failed: Could not publish .*: EROFS: read-only file system/);
  });
});

test("a read-only state directory, a file in its place, a directory among the mutexes, a bundle that is none", async () => {
  await onDisk("size=20m", async (disk) => {
    await execute("mount", ["-o", "remount,ro", disk]);
    const { code, stderr } = await build("read-only", { SLIPWAY_STATE: `${disk}/state` });
    assert.is(code, 4);
    assert.match(
      stderr,
      /cannot write \S+state: its file system is read-only\nhint: SLIPWAY_STATE names another place/,
    );
  });
  await writeFile(workspace.path("file"), "");
  for (const [env, expected, code] of [
    [{ SLIPWAY_STATE: workspace.path("file") }, "something else has this name\nhint: move it away", 4],
    [{ SLIPWAY_STATE: workspace.path("file/state") }, "a part of the path is a file", 4],
    [{ SLIPWAY_CA_BUNDLE: "/etc" }, "SLIPWAY_CA_BUNDLE names /etc, which is not a file", 2],
    [{ SLIPWAY_CA_BUNDLE: "/no/such/file" }, "SLIPWAY_CA_BUNDLE names /no/such/file, which does not exist", 2],
  ] as const) {
    const ended = await build("wrong", env);
    assert.is(ended.code, code, ended.stderr);
    assert.match(ended.stderr, expected);
  }
  await mkdir(workspace.path("among/locks/presence"), { recursive: true });
  const { code, stderr } = await build("among");
  assert.is(code, 4);
  assert.match(stderr, /cannot open \S+locks\/presence: it is a directory, where a file is expected/);
  assert.equal(await processesOf(workspace.path("among")), []);
});

test("builders that start together in a new state directory all find a machine that can build", async () => {
  for (let round = 0; round < 4; round += 1) {
    const first = build(`together-${round}`);
    await sleep(round * 110);
    for (const { code, stderr } of await Promise.all([first, build(`together-${round}`)])) assert.is(code, 0, stderr);
  }
});

test("a builder that uses another's storage leaves alone what that one is building", async () => {
  const slow = await catalogue.clone("slow");
  await slow.edit("images/tools/image.yaml", "setup:\n", "setup:\n  - sleep 4\n");
  const args = ["build", "tools", "--registry", `oci:${workspace.path("slow-registry")}`];
  const first = slow.start(args, { env: { ...workspace.env, SLIPWAY_STATE: workspace.path("slow-state") } });
  await until("the step runs", async () => (await processesOf("sleep 4")).length > 0);
  const second = await build("guest", { SLIPWAY_STORAGE: workspace.path("slow-state/storage") });
  assert.is(second.code, 0, second.stderr);
  const { code, stdout } = await first.ended;
  assert.is(code, 0, stdout);
});

test("a container that the Buildah of a killed run has created only during the next run is gone after that", async () => {
  const state = workspace.path("orphaned");
  const bundle = join(state, "tmp/buildah-of-a-killed-run");
  const slow = await catalogue.clone("slow-orphan");
  await slow.edit("images/tools/image.yaml", "setup:\n", "setup:\n  - sleep 4\n");
  const args = ["build", "tools", "--registry", `oci:${workspace.path("orphaned-registry")}`];
  const running = slow.start(args, { env: { ...workspace.env, SLIPWAY_STATE: state } });
  await until("the step runs", async () => (await processesOf("sleep 4")).length > 0);
  await mkdir(join(bundle, "rootfs/bin"), { recursive: true });
  await copyFile("/bin/busybox", join(bundle, "rootfs/bin/sh"));
  await execute("runc", ["spec", "--bundle", bundle]);
  const spec = JSON.parse(await readFile(join(bundle, "config.json"), "utf8"));
  spec.process.terminal = false;
  await writeFile(join(bundle, "config.json"), JSON.stringify(spec));
  const id = `slipway-orphan-${process.pid}`;
  // The container's first process keeps the streams.
  await execute("sh", ["-c", 'runc create --bundle "$1" "$2" > /dev/null 2>&1 < /dev/null', "sh", bundle, id]);
  await rm(bundle, { recursive: true });
  assert.ok((await containersIn(join(state, "tmp"))).includes(id));
  const { code, stdout } = await running.ended;
  assert.is(code, 0, stdout);
  assert.equal(await containersIn(join(state, "tmp")), []);
});

test("a probe that is interrupted is not kept, and leaves nothing behind", async () => {
  const state = workspace.path("interrupted");
  for (const signal of ["SIGINT", "SIGKILL"] as const)
    for (const delay of [300, 400, 500, 600, 700]) {
      const running = catalogue.start(
        ["build", "base", "--registry", `oci:${workspace.path("interrupted-registry")}`],
        {
          env: { ...workspace.env, SLIPWAY_STATE: state },
          group: true,
        },
      );
      await sleep(delay);
      signalGroup(running, signal);
      await running.ended;
    }
  const { code, stdout, stderr } = await build("interrupted");
  assert.is(code, 0, stderr);
  assert.not.match(stdout, "Isolation is chroot");
  assert.equal(await containersIn(state), []);
  assert.is(await buildahIn(`${state}/storage`, "containers", "--quiet"), "");
  assert.equal(await processesOf(state), []);
});

test("caches that are cut, empty, null or flipped are made anew", async () => {
  const state = workspace.path("caches");
  const registry = workspace.path("caches-registry");
  assert.is((await build("caches")).code, 0);
  const expected = layoutContent(registry);
  const files = (await readdir(state, { recursive: true })).filter((name) =>
    /^[^/]+\.json$|^cache\/.*\.json$/.test(name),
  );
  assert.ok(files.includes("probe.json") && files.some((name) => name.startsWith("cache/inventory/")), files.join());
  for (const damage of ["cut", "empty", "null", "flipped"] as const) {
    for (const name of files) {
      const path = `${state}/${name}`;
      const whole = await readFile(path);
      if (damage === "cut") await truncate(path, whole.length >> 1);
      else if (damage === "flipped") await writeFile(path, whole.fill((whole[20] ?? 0) ^ 1, 20, 21));
      else await writeFile(path, damage === "empty" ? "" : "null");
    }
    await execute("rm", ["-r", registry]);
    const { code, stdout, stderr } = await build("caches");
    assert.is(code, 0, `${damage}: ${stdout}${stderr}`);
    assert.equal(layoutContent(registry), expected, damage);
  }
});

test("a storage that Buildah cannot read is made anew; one of the user's is not touched", async () => {
  const state = workspace.path("damaged");
  assert.is((await build("damaged")).code, 0);
  for (const file of [
    "overlay-layers/layers.json",
    "overlay-images/images.json",
    "overlay-containers/containers.json",
  ]) {
    await truncate(`${state}/storage/${file}`, 1);
    await execute("rm", ["-r", workspace.path("damaged-registry")]);
    const { code, stdout, stderr } = await build("damaged");
    assert.is(code, 0, `${file}: ${stdout}${stderr}`);
    assert.match(stderr, "The local storage is made anew, because it cannot be used: ");
  }
  const own = workspace.path("own-storage");
  const env = { SLIPWAY_STORAGE: own };
  assert.is((await build("owned", env)).code, 0);
  await writeFile(`${own}/overlay-layers/layers.json`, "[");
  await execute("rm", ["-r", workspace.path("owned-registry")]);
  const { code, stderr } = await build("owned", env);
  assert.is(code, 4, stderr);
  assert.match(stderr, /Buildah cannot use the storage \S+own-storage: .*\nhint: move it away/);
  assert.is(await readFile(`${own}/overlay-layers/layers.json`, "utf8"), "[");
  await writeFile(`${own}/overlay-layers/layers.json`, "[]");
});

test("in a storage that others use nothing of theirs is removed, and none is made anew because Buildah was killed or cannot be configured", async () => {
  const shared = workspace.path("shared-storage");
  const container = (await buildahIn(shared, "from", "--name", "theirs", "scratch")).trim();
  const image = (await buildahIn(shared, "commit", "--quiet", container)).trim();
  const env = { SLIPWAY_STORAGE: shared };
  for (let run = 0; run < 2; run += 1) {
    await execute("rm", ["-rf", workspace.path("shared-registry")]);
    assert.is((await build("shared", env)).code, 0);
  }
  assert.match(await buildahIn(shared, "containers"), /theirs/);
  assert.match(await buildahIn(shared, "images", "--all", "--no-trunc"), image);
  await buildahIn(shared, "rm", "theirs");
  await execute("rm", ["-r", workspace.path("shared-registry")]);
  const broken = workspace.path("storage.conf");
  await writeFile(broken, "[storage\n");
  assert.is((await build("damaged")).code, 0);
  await execute("rm", ["-rf", workspace.path("damaged-registry")]);
  const { code, stderr } = await build("damaged", { CONTAINERS_STORAGE_CONF: broken });
  assert.ok(code !== 0 && !stderr.includes("made anew"), stderr);
});

test("a removal of images that was killed leaves a layer that looks whole: nothing is built on it", async () => {
  const state = workspace.path("removing");
  const storage = `${state}/storage`;
  assert.is((await build("removing")).code, 0);
  const expected = layoutContent(workspace.path("removing-registry"));
  // As Buildah 1.28 does it: first the image is forgotten, then a layer's files are removed, then the layer is forgotten.
  await writeFile(`${storage}/overlay-images/images.json`, "[]");
  const layers = await readdir(`${storage}/overlay`);
  const [base] = layers.filter((id) => existsSync(`${storage}/overlay/${id}/diff/etc/hosts`));
  await execute("rm", [`${storage}/overlay/${base}/diff/etc/hosts`]);
  await execute("rm", ["-r", workspace.path("removing-registry")]);
  await mkdir(`${state}/tmp/killed`);
  const { code, stdout, stderr } = await build("removing");
  assert.is(code, 0, stdout + stderr);
  assert.match(
    stderr,
    /The local storage is made anew, because it cannot be used: .*etc\/hosts of the layer [0-9a-f]{12} is missing/,
  );
  assert.equal(layoutContent(workspace.path("removing-registry")), expected);
});

test("a damaged file of a local image: a build that trips over it says so, and the next one makes the storage anew", async () => {
  const state = workspace.path("rotten");
  assert.is((await build("rotten")).code, 0);
  const layers = await readdir(`${state}/storage/overlay`);
  const [layer] = layers.filter((id) => existsSync(`${state}/storage/overlay/${id}/diff/bin/busybox`));
  const file = await open(`${state}/storage/overlay/${layer}/diff/bin/busybox`, "r+");
  await file.write(Buffer.alloc(64));
  await file.close();
  const env = { ...workspace.env, SLIPWAY_STATE: state };
  const args = ["build", "tools", "--registry", `oci:${workspace.path("rotten-registry")}`];
  const { stdout } = await catalogue.expect(4, args, { env });
  assert.match(
    stdout,
    /tools failed: the file bin\/busybox of sha256:[0-9a-f]{64} is damaged in local storage: run this again/,
  );
  const { stderr } = await catalogue.expect(0, args, { env });
  assert.match(stderr, "The local storage is made anew, because it cannot be used: the file bin/busybox");
});

test.run();
