import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Platform } from "../../src/model/names.js";
import type { Network } from "../../src/model/network.js";
import { type BuildImageDeps, buildImage } from "../../src/run/build-image.js";
import type { Finished, RunOptions } from "../../src/run/process.js";
import { StepFailure } from "../../src/run/runner.js";
import { containerfileFrom } from "../support/containerfile-from.js";
import { imageName } from "../support/definitions.js";
import { removeTree } from "../support/remove-tree.js";
import { assert, suite } from "../support/suite.js";

const test = suite("run/build-image");
const ENDED: Finished = { exitCode: 143, stdout: "", stderr: "", timedOut: true };
let directory: string;

test.before(async () => {
  directory = await mkdtemp(join(tmpdir(), "slipway-build-"));
});
test.after(() => removeTree(directory));

/** A build that fails as told, and what Buildah was given. */
async function build(timeout: number, finished = ENDED, network: Network = "host") {
  const given: (RunOptions | undefined)[] = [];
  const none = async () => {
    throw new Error("not needed");
  };
  const deps: BuildImageDeps = {
    buildah: {
      system: { buildahVersion: "1.28", isolation: "chroot", storage: { root: "", runroot: "", driver: "vfs" } },
      run: async (_args, options) => {
        given.push(options);
        return finished;
      },
    },
    fetch: none,
    fetchExternal: none,
    writeContext: async () => {},
    networkOf: () => network,
    openProxy: () => {
      throw new Error("not needed");
    },
    prepareMount: async () => ({ volumes: new Map(), cache: "", settingsOf: () => "" }),
    bootstrapNeeds: { aptSources: undefined, yumRepos: undefined, caBundle: undefined },
    temporary: directory,
    timeout,
    accounts: false,
    unfinished: new Set(),
  };
  const failure = await buildImage(deps, {
    name: imageName("a"),
    log: join(directory, "log"),
    signal: new AbortController().signal,
    recipe: { containerfile: containerfileFrom("FROM scratch\n"), context: [], packages: [] },
    platform: "linux/amd64" as Platform,
    images: new Map(),
  }).catch((error: unknown) => error);
  return { given, failure };
}

test("Buildah is given the time of the settings, and its failure names the key", async () => {
  const { given, failure } = await build(90);
  assert.equal(
    given.map((options) => options?.timeout),
    [5400],
  );
  assert.instance(failure, StepFailure);
  assert.is((failure as StepFailure).code, "BUILD_FAILED");
  assert.is(
    (failure as StepFailure).message,
    "the build did not end within 90 min (`builder: { timeout: … }` in slipway.yaml sets the limit)",
  );
});

const ADVICE =
  "(it is built without a network; `network: packages` in the definition lets it reach the sources of packages)";

for (const [said, network, advice] of [
  ["ls: /no-such-file: No such file or directory", "none", ""],
  ["curl: (6) Could not resolve host: packages.example", "none", ` ${ADVICE}`],
  ["OSError: [Errno 101] Network is unreachable", "none", ` ${ADVICE}`],
  ["OSError: [Errno 101] Network is unreachable", "host", ""],
] as const) {
  test(`network ${network}: ${said}${advice}`, async () => {
    const stderr = `${said}\nError: building at STEP "RUN x": exit status 1`;
    const { failure } = await build(1, { exitCode: 1, stdout: "", stderr, timedOut: false }, network);
    assert.is((failure as StepFailure).message, `exit status 1 in \`RUN x\`${advice}`);
  });
}

test("a failure is told in the words of the definition's author, and its log does not say it again", async () => {
  const step =
    "RUN /bin/sh -ec if [ -e /media/0/env ]; then . /media/0/env; fi; export SOURCE_DATE_EPOCH=315532800 PYTHONDONTWRITEBYTECODE=1;\nmake";
  const stdout = `STEP 1/1: ${step.replace("\n", "\\n")}\n`;
  const stderr = `make: no rule\nError: building at STEP "${step}": exit status 2\n`;
  const failure = (await build(1, { exitCode: 1, stdout, stderr, timedOut: false })).failure as StepFailure;
  assert.is(failure.message, "exit status 2 in `RUN /bin/sh -ec make`");
  assert.equal(failure.tail, ["STEP 1/1: RUN /bin/sh -ec make", "make: no rule"]);
});

test.run();
