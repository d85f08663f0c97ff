import type { CommandTest, ImageTest } from "../../src/model/definition.js";
import type { Buildah } from "../../src/run/buildah.js";
import { ImageContainer } from "../../src/run/image-container.js";
import { mismatch } from "../../src/run/mismatch.js";
import type { Finished } from "../../src/run/process.js";
import { type ImageJob, StepFailure, type TestDemands } from "../../src/run/runner.js";
import { testImage } from "../../src/run/test-image.js";
import { command, digest, imageName } from "../support/definitions.js";
import { assert, suite } from "../support/suite.js";

const test = suite("run/test-image");

const COMMAND: CommandTest = { type: "command", name: "it runs", command: command(["id"]), exit: 0, timeout: 60 };
const OK: Finished = { exitCode: 0, stdout: "", stderr: "", timedOut: false };

/** Tests an image with a Buildah that answers `run` as it is told, and gives what Buildah was asked and what became of it. */
async function testing(
  tests: readonly ImageTest[],
  answer: Partial<Finished> = {},
  fields: Partial<ImageJob & TestDemands> = {},
) {
  const asked: string[][] = [];
  const buildah: Buildah = {
    system: { buildahVersion: "1.28", isolation: "chroot", storage: { root: "", runroot: "", driver: "vfs" } },
    run: async (args) => {
      asked.push([...args]);
      return args[0] === "run" ? { ...OK, ...answer } : OK;
    },
  };
  const job: ImageJob & TestDemands = {
    name: imageName("a"),
    log: "/log",
    signal: new AbortController().signal,
    image: { imageId: digest("a") },
    tests,
    packages: [],
    ...fields,
  };
  const installedChecks = (packages: TestDemands["packages"]) =>
    packages.length === 0
      ? []
      : [{ command: ["list"], problems: (stdout: string) => (stdout === "bad" ? ["x 2 was installed"] : []) }];
  const container = new ImageContainer({ buildah, fetch: async () => {}, temporary: "" }, job);
  const error = await testImage({ buildah, container, installedChecks }, job, job).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  await container.close();
  const told = error instanceof StepFailure ? `${error.code}: ${error.message}` : error;
  return { asked, error, told };
}

test("an image without tests is not even started", async () => {
  const { asked, told } = await testing([]);
  assert.equal([asked, told], [[], undefined]);
});

test("one container for all tests, removed afterwards", async () => {
  const { asked, told } = await testing([COMMAND, COMMAND]);
  assert.is(told, undefined);
  assert.equal(
    asked.map(([verb]) => verb),
    ["from", "run", "run", "rm"],
  );
  const [from, run, , rm] = asked;
  assert.is(from?.at(-1), "a".repeat(64));
  assert.equal(run?.slice(-3), [rm?.[1], "--", "id"]);
});

test("the container is removed after a failure, too, and no other test is run", async () => {
  const { asked, told } = await testing([COMMAND, COMMAND], { exitCode: 1, stderr: "why\n" });
  assert.is(told, 'TEST_FAILED: test "it runs": exit code 1, expected 0');
  assert.equal(
    asked.map(([verb]) => verb),
    ["from", "run", "rm"],
  );
});

test("a user, and a command for the shell", async () => {
  const { asked } = await testing([{ ...COMMAND, user: "root", command: command("a && b") }]);
  assert.equal(asked[1]?.slice(-3), ["/bin/sh", "-c", "a && b"]);
  assert.ok(asked[1]?.join(" ").includes("--user root"));
});

test("exit code, output and time are compared with what is expected", async () => {
  const told = async (fields: Partial<CommandTest>, answer: Partial<Finished>) =>
    (await testing([{ ...COMMAND, ...fields }], answer)).told;
  assert.is(await told({ exit: 2 }, { exitCode: 2 }), undefined);
  assert.is(await told({ stdout: { equals: "ok" } }, { stdout: "ok\n" }), undefined);
  assert.is(
    await told({ stdout: { equals: "ok" } }, { stdout: "no" }),
    'TEST_FAILED: test "it runs": stdout is not "ok"',
  );
  assert.is(
    await told({ stderr: { contains: "E" } }, { stdout: "E" }),
    'TEST_FAILED: test "it runs": stderr does not contain "E"',
  );
  const late = { exitCode: undefined, timedOut: true };
  assert.is(await told({ timeout: 5 }, late), 'TEST_FAILED: test "it runs": did not end within 5 s');
});

test("the last lines of the output come along", async () => {
  const { error } = await testing([COMMAND], { exitCode: 1, stdout: "one\n\n", stderr: "two" });
  assert.equal(error instanceof StepFailure && error.tail, ["one", "two"]);
});

test("an interruption is no failed test", async () => {
  const { told } = await testing([COMMAND], { exitCode: undefined }, { signal: AbortSignal.abort() });
  assert.is(told, "INTERRUPTED: interrupted");
});

test("what was installed is checked before any test", async () => {
  const packages = [{ kind: "system", manager: "apt", name: "x", approved: ["1"], argument: "x" }] as const;
  const { asked, told } = await testing([COMMAND], { stdout: "bad" }, { packages });
  assert.is(told, "NOT_APPROVED: x 2 was installed");
  assert.equal(
    asked.map(([verb]) => verb),
    ["from", "run", "rm"],
  );
  assert.equal(
    (await testing([], { exitCode: 127 }, { packages })).told,
    "TEST_FAILED: cannot list what is installed: list",
  );
});

test("texts: every part that is given must hold, and white space at the end is none", () => {
  assert.is(mismatch("a\n", { equals: "a" }), undefined);
  assert.is(mismatch(" a", { equals: "a" }), 'is not "a"');
  assert.is(mismatch("", { equals: "" }), undefined);
  assert.is(mismatch("abc", { contains: "b", matches: "^a.c$" }), undefined);
  assert.is(mismatch("abc", { contains: "b", matches: "^x" }), "does not match /^x/");
  assert.is(mismatch("one\ntwo\n", { matches: "^two$" }), undefined, "of one line");
  assert.is(mismatch("abc", { contains: "d" }), 'does not contain "d"');
  assert.is(mismatch("anything", {}), undefined);
});

test.run();
