import { existsSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import type { Digest } from "../../src/model/names.js";
import { type ContainerCommand, ImageContainer } from "../../src/run/image-container.js";
import { createImageFetcher } from "../../src/run/images.js";
import { findProgram } from "../../src/run/probe-programs.js";
import { StepFailure } from "../../src/run/runner.js";
import { BUSYBOX, ImageBuilder } from "../support/image-builder.js";
import { assert, suite } from "../support/suite.js";
import { containersIn, processesOf, Workspace } from "../support/workspace.js";

/* The first command of a container is run by Buildah, the others by the OCI runtime alone: nobody can tell them apart. */
const test = suite("image-container");

const PASSWD = "root:x:0:0:root:/root:/bin/sh\nworker:x:1000:1000:Worker:/home/worker:/bin/sh\n";
const GROUP = "root:x:0:\nworker:x:1000:\nextra:x:2000:worker\n";

let workspace: Workspace;
let builder: ImageBuilder;
let image: Digest;

test.before(async () => {
  workspace = await Workspace.create();
  const runtime = findProgram("runc") as string;
  builder = await ImageBuilder.create(workspace, "containers", { isolation: "oci", runtime });
  image = await builder.build("image", {
    containerfile: [
      "FROM scratch",
      'COPY ["artifacts/bin/","/bin/"]',
      'COPY ["artifacts/etc/","/etc/"]',
      'COPY ["artifacts/data/","/data/"]',
      'ENV A="one two"',
      'ENV EMPTY=""',
      'RUN ["/bin/busybox","--install","-s","/bin"]',
      "WORKDIR /srv/work",
      "USER worker",
      "",
    ].join("\n"),
    files: {
      "artifacts/bin/busybox": BUSYBOX,
      "artifacts/bin/broken": "#!/bin/missing\n",
      "artifacts/bin/plain": "no program",
      "artifacts/etc/passwd": PASSWD,
      "artifacts/etc/group": GROUP,
      "artifacts/data/kept": "of the image\n",
    },
    permissions: { "artifacts/bin/busybox": 0o4755, "artifacts/bin/broken": 0o755 },
  });
});
test.after(() => workspace.remove());

function open(imageId = image): ImageContainer {
  const deps = {
    buildah: builder.buildah,
    fetch: createImageFetcher(builder.buildah),
    temporary: workspace.path("containers/tmp"),
  };
  return new ImageContainer(deps, {
    image: { imageId },
    log: workspace.path("log"),
    signal: new AbortController().signal,
  });
}

const failure = (what: string, tail: readonly string[]) => new StepFailure("TEST_FAILED", what, tail);

/** The same command by Buildah, and by the OCI runtime. */
async function twice(argv: readonly string[], command: ContainerCommand = {}) {
  const container = open();
  try {
    const before = builder.calls.filter((call) => call.startsWith("run ")).length;
    const [first, second] = [await container.run(argv, command, failure), await container.run(argv, command, failure)];
    assert.is(
      builder.calls.filter((call) => call.startsWith("run ")).length,
      before + 1,
      "Buildah ran the second one as well",
    );
    return { first, second };
  } finally {
    await container.close();
  }
}

const sh = (text: string) => ["/bin/sh", "-c", text];

for (const [what, argv] of [
  ["user, groups and home", sh("id; echo $HOME")],
  ["environment", sh("env | grep -v HOSTNAME | sort")],
  ["working directory", ["pwd"]],
  ["an argument with everything in it", ["echo", " a  b ", "$HOME", "*", "q\"'\\", "ü\n"]],
  [
    "capabilities, seccomp, limits and namespaces of the kernel",
    sh("grep -E '^(Cap|Seccomp:|NoNewPrivs)' /proc/self/status; ulimit -a"),
  ],
  ["mounts", sh("cut -d' ' -f 5,6 /proc/self/mountinfo | sort")],
  ["devices", sh("ls /dev; ls -l /dev/null | cut -c1-10")],
  ["processes: only its own", sh("ps -o pid,args | grep -v ps")],
  [
    "network: a loopback that is up, and nothing else",
    sh("ip -o link | cut -d: -f2,3; cat /etc/resolv.conf /etc/hosts | grep -c localhost"),
  ],
  ["standard input is empty", ["cat"]],
  ["no terminal", sh("test -t 0 || test -t 1 || echo none")],
  ["both streams", sh("echo out; echo err >&2")],
  ["set-user-ID programs", sh("busybox id -u")],
] as const)
  test(what, async () => {
    const { first, second } = await twice(argv);
    assert.is(first.exitCode, 0, first.stderr);
    assert.equal(second, first);
  });

test("what only Buildah can mount, such as a volume, is there for every command", async () => {
  const imageId = await builder.build(
    "volume",
    {
      containerfile: 'FROM localhost/image\nVOLUME ["/data"]\n',
    },
    ["image"],
  );
  const container = open(imageId);
  try {
    for (const expected of ["", "a", "aa"]) {
      const { stdout, stderr } = await container.run(
        sh("cat /data/list; printf a >> /data/list"),
        { user: "root" },
        failure,
      );
      assert.is(stdout, expected, stderr);
    }
  } finally {
    await container.close();
  }
});

test("users by name, by number, with a group", async () => {
  for (const user of ["root", "0", "worker", "1000", "1000:2000", "4242"]) {
    const { first, second } = await twice(["id"], { user });
    assert.is(first.exitCode, 0, first.stderr);
    assert.equal(second, first, user);
  }
});

test("exit codes: of programs, of signals, of what cannot be started", async () => {
  for (const argv of [
    sh("exit 3"),
    sh("exit 255"),
    sh("sleep 9 & kill -9 $!; wait $!"),
    ["missing"],
    ["/bin/plain"],
    ["/bin/broken"],
    ["/data"],
  ]) {
    const { first, second } = await twice(argv);
    assert.is.not(first.exitCode, 0);
    assert.is(second.exitCode, first.exitCode, `${argv}\n${first.stderr}\n${second.stderr}`);
  }
});

test("what one command writes the next one reads, from outside as well; each has its own processes", async () => {
  const container = open();
  try {
    for (const number of [1, 2, 3])
      await container.run(sh(`echo ${number} >> /etc/list; sleep 4321 & echo begun`), { user: "root" }, failure);
    const { stdout } = await container.run(sh("cat /etc/list; ps -o args | grep -c 432[1]"), { user: "root" }, failure);
    assert.is(stdout, "1\n2\n3\n0\n");
    assert.ok(existsSync(`${await container.root(failure)}/etc/list`));
    assert.equal(await processesOf("sleep 4321"), []);
  } finally {
    await container.close();
  }
});

test("a command that ignores signals is ended when its time is over, or when the run is interrupted", async () => {
  const container = open();
  const stubborn = sh("trap '' TERM INT HUP; while true; do sleep 1; done");
  try {
    await container.run(["true"], {}, failure);
    const late = await container.run(stubborn, { timeout: 1 }, failure);
    assert.is(late.timedOut, true);
    const controller = new AbortController();
    const interrupted = container.run(stubborn, { signal: controller.signal }, failure);
    await sleep(500);
    controller.abort();
    assert.is.not((await interrupted).exitCode, 0);
  } finally {
    await container.close();
  }
  assert.equal(await containersIn(workspace.path("containers/tmp")), []);
  assert.equal(await readdir(workspace.path("containers/tmp")), []);
});

test.run();
