import { execFile } from "node:child_process";
import { chmod, mkdir, readdir } from "node:fs/promises";
import { promisify } from "node:util";
import { TestCatalogue } from "../support/catalogue.js";
import { programsWithout } from "../support/programs.js";
import { CLI } from "../support/slipway-process.js";
import { assert, suite } from "../support/suite.js";
import { Workspace } from "../support/workspace.js";

/*
 * doctor says what is true: as root, with each program missing in turn, and as a user without and with IDs of its own. The ranges are
 * given by the very command that doctor prints, in an /etc of the test's own.
 */
const execute = promisify(execFile);
const test = suite("doctor");
let workspace: Workspace;
let catalogue: TestCatalogue;

test.before(async () => {
  workspace = await Workspace.create();
  catalogue = await TestCatalogue.create(workspace);
});
test.after(() => workspace.remove());

const NOBODY = 65_534;

/** What doctor says where these programs are not on PATH, and its exit code. */
async function without(...names: readonly string[]) {
  const env = { ...workspace.env, PATH: await programsWithout(workspace, ...names) };
  const { code, stdout, stderr } = await catalogue.run(["doctor"], { env });
  assert.is(stderr, "");
  return { code, stdout, missing: [...stdout.matchAll(/^ {2}missing {2}(\S.*?) {2}/gm)].map(([, name]) => name) };
}

test("nothing is missing on the machine of the tests", async () => {
  const { code, missing, stdout } = await without();
  assert.equal([code, missing], [0, []]);
  assert.match(stdout, /^ {2}ok {2}disk +[0-9.]+ [MG]B free in /m);
});

for (const [name, what, isFatal] of [
  ["git", "git", false],
  ["mmdebstrap", "mmdebstrap", false],
  ["buildah", "buildah", true],
  ["setpriv", "setpriv", true],
  ["flock", "flock", true],
  ["tar", "tar", true],
  ["runc", "isolation", true],
  ["unshare", "network off", false],
  ["ip", "network off", false],
] as const) {
  test(`without ${name} it says so, and nothing else that is not true`, async () => {
    const { code, stdout, missing } = await without(name, ...(name === "runc" ? ["crun"] : []));
    assert.is(code, isFatal ? 4 : 0, stdout);
    assert.match(stdout, new RegExp(`^ {2}missing {2}${what} .*apt-get install -y --no-install-recommends \\S+`, "m"));
    const untried = name === "setpriv" ? ["network off"] : [];
    assert.equal(missing, name === "setpriv" ? [what, ...untried] : [what]);
    assert.is(/cannot build images yet/.test(stdout), isFatal);
  });
}

/** A catalogue that belongs to nobody, and a command run as nobody with an /etc of its own after `prepare`. */
async function asNobody(name: string, prepare = "true", path = workspace.env.PATH) {
  await chmod(workspace.directory, 0o755);
  const home = workspace.path(`${name}-home`);
  await mkdir(home);
  const own = await catalogue.clone(`${name}-catalogue`);
  await execute("chown", ["-R", `${NOBODY}:${NOBODY}`, home, own.directory]);
  for (const part of ["upper", "work"]) await mkdir(workspace.path(`${name}-etc`, part), { recursive: true });
  const etc = workspace.path(`${name}-etc`);
  const env = ["env", "-i", `PATH=${path}`, `HOME=${home}`, `XDG_RUNTIME_DIR=${home}`];
  const drop = ["setpriv", "--reuid", `${NOBODY}`, "--regid", `${NOBODY}`, "--clear-groups", ...env];
  const mount = `mount -t overlay overlay -o lowerdir=/etc,upperdir=${etc}/upper,workdir=${etc}/work /etc`;
  const script = `set -e; ${mount}; : > /etc/subuid; : > /etc/subgid; ${prepare}; cd '${own.directory}'; exec "$@"`;
  return async (...args: readonly string[]) => {
    const argv = ["--mount", "sh", "-c", script, "sh", ...drop, process.execPath, CLI, ...args];
    const ended = await execute("unshare", argv).catch(
      (error) => error as { code: number; stdout: string; stderr: string },
    );
    return { code: "code" in ended ? ended.code : 0, stdout: ended.stdout, stderr: ended.stderr };
  };
}

/** The command that doctor prints for mending it. */
let mend = "";

test("a user without IDs of its own: doctor and build say so, with the command that mends it", async () => {
  const slipway = await asNobody("poor");
  const { code, stdout } = await slipway("doctor");
  assert.is(code, 4, stdout);
  const advice = /^ {2}missing {2}sub-IDs +nobody has no ranges in \/etc\/subuid and \/etc\/subgid: as root: (.*)$/m;
  assert.match(stdout, advice);
  mend = advice.exec(stdout)?.[1] ?? "";
  assert.match(stdout, /^ {2}missing {2}network off +not tried without sub-IDs$/m);
  const build = await slipway("build", "base");
  assert.is(build.code, 4, build.stderr);
  assert.match(build.stderr, /this machine cannot build images: .*sub-IDs: nobody has no ranges/);
});

test("the same user after that command: everything is there, and an image is built", async () => {
  const slipway = await asNobody("rich", mend);
  const { code, stdout } = await slipway("doctor");
  assert.match(stdout, /^ {2}ok {2}sub-IDs +65537 for the users of images$/m);
  assert.match(stdout, /^ {2}ok {2}network off +by unshare$/m);
  assert.match(stdout, /^ {2}ok {2}storage +vfs: /m);
  assert.is(code, 0, stdout);
  const build = await slipway("build", "base");
  assert.is(build.code, 0, build.stderr);
  assert.ok((await readdir(workspace.path("rich-catalogue/.slipway/registry/blobs/sha256"))).length > 2);
});

for (const [count, finding] of [
  [65_534, "ok {2}sub-IDs +65535 for the users of images"],
  [65_533, "missing {2}sub-IDs +nobody has 65534 IDs in /etc/subuid and /etc/subgid: .*"],
] as const)
  test(`a user with ${count} IDs beside its own: ${finding.split(" ")[0]}`, async () => {
    const files = "tee /etc/subuid > /etc/subgid";
    const slipway = await asNobody(`range-${count}`, `echo nobody:100000:${count} | ${files}`);
    assert.match((await slipway("doctor")).stdout, new RegExp(`^ {2}${finding}$`, "m"));
  });

test("without newuidmap the ranges are of no use, and it says what to install", async () => {
  const path = await programsWithout(workspace, "newuidmap");
  await chmod(path, 0o755);
  const slipway = await asNobody("bare", mend, path);
  const { code, stdout } = await slipway("doctor");
  assert.is(code, 4, stdout);
  assert.match(stdout, /^ {2}missing {2}sub-IDs +newuidmap is not installed: as root: apt-get install -y \S+ uidmap$/m);
});

test("a disk that runs full is named, with what was free", async () => {
  const disk = workspace.path("small disk");
  await mkdir(disk);
  await execute("mount", ["-t", "tmpfs", "-o", "size=90m", "tmpfs", disk]);
  try {
    const env = { ...workspace.env, SLIPWAY_STATE: `${disk}/state` };
    const doctor = await catalogue.expect(0, ["doctor"], { env });
    assert.match(
      doctor.stdout,
      /^ {2}ok {2}disk +9[0-9]\.\d MB free in .*: a Debian base takes about 2\.00 GB: make room/m,
    );
    const big = await catalogue.clone("big");
    await big.edit(
      "images/tools/image.yaml",
      "setup:\n",
      "setup:\n  - busybox dd if=/dev/urandom of=/etc/big bs=1M count=120\n",
    );
    await big.edit("images/base/image.yaml", "artifacts:", "artifacts:");
    const { stdout } = await big.expect(4, ["build", "tools"], { env });
    assert.match(
      stdout,
      /no space left on \S*small disk\/state\S*: [0-9.]+ [kMG]?B free; the build had 9[0-9]\.\d MB, and a Debian base/,
    );
    assert.not.match(stdout, /this is a bug/);
  } finally {
    await workspace.clear(`${disk}/state`);
    await execute("umount", ["--lazy", disk]);
  }
});

test.run();
