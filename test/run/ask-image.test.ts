import { askImage } from "../../src/run/ask-image.js";
import type { Buildah } from "../../src/run/buildah.js";
import type { Finished } from "../../src/run/process.js";
import { StepFailure } from "../../src/run/runner.js";
import { digest } from "../support/definitions.js";
import { assert, suite } from "../support/suite.js";

const test = suite("run/ask-image");
const OK: Finished = { exitCode: 0, stdout: "", stderr: "", timedOut: false };

/** Asks an image with a Buildah that answers a verb as it is told; gives what Buildah was asked and what came of it. */
async function asking(answers: Readonly<Record<string, Partial<Finished>>>, signal = new AbortController().signal) {
  const asked: string[][] = [];
  const buildah: Buildah = {
    system: { buildahVersion: "1.28", isolation: "chroot", storage: { root: "", runroot: "", driver: "vfs" } },
    run: async (args) => {
      asked.push([...args]);
      return { ...OK, ...answers[args[0] ?? ""] };
    },
  };
  const deps = { buildah, fetch: async () => {}, machine: "/state/machine" };
  const question = { image: { imageId: digest("a") }, command: ["apt-cache", "policy", "a b"], log: "/log", signal };
  const told = await askImage(deps, question).catch((error: unknown) =>
    error instanceof StepFailure ? `${error.code}: ${error.message}` : error,
  );
  return { asked, told };
}

test("a command runs as root with the machine's settings, and its container is thrown away", async () => {
  const { asked, told } = await asking({ run: { stdout: "1.6\n" } });
  assert.is(told, "1.6\n");
  assert.equal(
    asked.map(([verb]) => verb),
    ["from", "run", "rm"],
  );
  const [from, run, rm] = asked;
  assert.is(from?.at(-1), "a".repeat(64));
  assert.match(
    run?.join(" ") ?? "",
    /--user 0 --volume \/state\/machine:\/media slipway-ask-[0-9a-f]+ -- \/bin\/sh -c \. /,
  );
  assert.equal(run?.slice(-4), ["sh", "apt-cache", "policy", "a b"]);
  assert.is(rm?.[1], from?.[3]);
});

test("a failure says what the program said, not what Buildah adds; the container is removed all the same", async () => {
  const stderr = "E: no network\nexit status 100\nError: while running runtime: exit status 100\n";
  const { asked, told } = await asking({ run: { exitCode: 100, stderr } });
  assert.is(told, "NO_ANSWER: exit code 100: E: no network");
  assert.is(asked.at(-1)?.[0], "rm");
  assert.match(String((await asking({ run: { exitCode: undefined, timedOut: true } })).told), /no answer within 600 s/);
  assert.is(
    (await asking({ from: { exitCode: 125, stderr: "no image" } })).told,
    "NO_ANSWER: cannot start a container: no image",
  );
});

test("an interruption is no answer that is missing", async () => {
  assert.is((await asking({ run: { exitCode: 1 } }, AbortSignal.abort())).told, "INTERRUPTED: interrupted");
});

test.run();
