import { createHash } from "node:crypto";
import { mkdir, mkdtemp, readdir, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Digest } from "../../src/model/names.js";
import { askImage, type Question } from "../../src/run/ask-image.js";
import type { Buildah } from "../../src/run/buildah.js";
import type { ImageConfig } from "../../src/run/image-config.js";
import type { Finished } from "../../src/run/process.js";
import { StepFailure } from "../../src/run/runner.js";
import { sourcesDigest } from "../../src/run/sources-digest.js";
import { digest } from "../support/definitions.js";
import { removeTree } from "../support/remove-tree.js";
import { assert, suite } from "../support/suite.js";

const test = suite("run/ask-image");
let directory: string;

test.before(async () => {
  directory = await mkdtemp(join(tmpdir(), "slipway-ask-"));
});
test.after(() => removeTree(directory));

const OK: Finished = { exitCode: 0, stdout: "", stderr: "", timedOut: false };

/** Asks an image with a Buildah that answers a verb as it is told; gives what Buildah was asked and what came of it. */
async function asking(
  answers: Readonly<Record<string, Partial<Finished>>>,
  signal = new AbortController().signal,
  more: Partial<Question> = {},
) {
  const asked: string[][] = [];
  const buildah: Buildah = {
    system: { buildahVersion: "1.28", isolation: "chroot", storage: { root: directory, runroot: "", driver: "vfs" } },
    run: async (args) => {
      asked.push([...args]);
      return { ...OK, ...answers[args[0] ?? ""] };
    },
  };
  const own = { machine: "/state/machine", cacheDirectories: ["apt/lists"], caches: join(directory, "indexes") };
  const deps = { ...own, buildah, fetch: async () => {}, temporary: directory };
  const words = { command: ["apt-cache", "policy", "a b"], log: "/log", signal };
  const question = { image: { imageId: digest("a") }, ...words, ...more };
  const told = await askImage(deps, question).catch((error: unknown) =>
    error instanceof StepFailure ? `${error.code}: ${error.message}` : error,
  );
  return { asked, told };
}

/** Puts the configuration of an image into the storage. */
async function storeConfig(config: ImageConfig): Promise<Digest> {
  const text = JSON.stringify(config);
  const id = createHash("sha256").update(text).digest("hex");
  await mkdir(join(directory, "vfs-images", id), { recursive: true });
  await writeFile(join(directory, "vfs-images", id, `=${Buffer.from(`sha256:${id}`).toString("base64")}`), text);
  return `sha256:${id}` as Digest;
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
    /--user 0 --volume \/state\/machine:\/media:ro,nosuid,nodev --volume \S+\/cache-\w+:\/media\/cache:rw,nosuid,nodev,noexec slipway-[0-9a-f]+ -- \/bin\/sh -c \. /,
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

test("a cache is for one question, or for all to a base image; another image's environment stands in for its own", async () => {
  await asking({ run: { exitCode: 1 } });
  assert.equal(
    (await readdir(directory)).filter((name) => name.startsWith("cache-")),
    [],
  );
  const root = join(directory, "root");
  await mkdir(root);
  const { asked } = await asking({ mount: { stdout: `${root}\n` } }, undefined, { sharesCache: true });
  const cache = `indexes/${sourcesDigest(root)}`;
  assert.ok(asked[2]?.join(" ").includes(`/${cache}:/media/cache:rw`));
  assert.equal(await readdir(join(directory, cache, "apt")), ["lists"]);
  const imageId = await storeConfig({ config: { Env: ["PATH=/x", "A=b c"] } });
  const { asked: other } = await asking({}, undefined, { environmentOf: { imageId } });
  const run = other.find(([verb]) => verb === "run") ?? [];
  assert.equal(run.slice(run.indexOf("--") + 1, -7), [
    ...["/bin/sh", "-c", 'exec env -i "PATH=$PATH" HOME=/root "$@"', "sh", "A=b c"],
  ]);
});

test("an interruption is no answer that is missing", async () => {
  assert.is((await asking({ run: { exitCode: 1 } }, AbortSignal.abort())).told, "INTERRUPTED: interrupted");
});

test.run();
