import { access, mkdir, mkdtemp, readdir, readFile, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openKnownAnswers } from "../../../src/app/closure/known-answers.js";
import { type RootQuestion, resolvePackages } from "../../../src/app/closure/resolve-packages.js";
import type { LockManager } from "../../../src/model/lock.js";
import type { Question } from "../../../src/run/ask-image.js";
import { openPackageStore } from "../../../src/run/package-store.js";
import { StepFailure } from "../../../src/run/runner.js";
import { digest } from "../../support/definitions.js";
import { removeTree } from "../../support/remove-tree.js";
import { assert, suite } from "../../support/suite.js";

const test = suite("app/closure/resolve-packages");
let directory: string;
let count = 0;

test.before(async () => {
  directory = await mkdtemp(join(tmpdir(), "slipway-resolve-"));
});
test.after(() => removeTree(directory));

const REPORT = "File: tool.deb\nPackage: tool\nVersion: 1.0\nArchitecture: amd64\n\n";

/** What a container leaves behind that answers as apt does. */
async function leaveAnswer(output: string, state: string): Promise<void> {
  await writeFile(join(output, "state"), state);
  if ((await readFile(join(output, "known-state"), "utf8")) === state) return;
  await writeFile(join(output, "files/tool.deb"), "a package");
  await writeFile(join(output, "report"), REPORT);
}

/** Asks on a machine of its own, where each question is answered by `answer`. */
function machine(answer: (output: string, number: number) => Promise<void>) {
  const own = join(directory, String(count++));
  const asked: Question[] = [];
  const copied: string[] = [];
  const deps = {
    ask: async (question: Question) => {
      asked.push(question);
      await answer(question.output ?? "", asked.length);
      return "";
    },
    copyDatabase: async (_image: unknown, to: string) => {
      copied.push(to);
    },
    store: openPackageStore(join(own, "store")),
    known: openKnownAnswers(join(own, "closures")),
  };
  const resolve = async (manager: LockManager = "apt", root: Partial<RootQuestion["root"]> = {}) => {
    await mkdir(own, { recursive: true });
    const request = { requested: [{ name: "tool", argument: "tool" }], kept: [] };
    const question: RootQuestion = {
      root: { imageId: digest("a"), base: { imageId: digest("a") }, ...root },
      question: { manager, request },
      directory: await mkdtemp(join(own, "closure-")),
      log: join(own, "log"),
      signal: new AbortController().signal,
    };
    return resolvePackages(deps, question);
  };
  return { own, asked, copied, resolve };
}

test("an answer is known for as long as the index has not changed", async () => {
  const states = ["1", "1", "2"];
  const { own, asked, resolve } = machine((output, number) => leaveAnswer(output, states[number - 1] ?? ""));
  const first = await resolve();
  assert.equal(
    first.map(({ name, version, size }) => [name, version, size]),
    [["tool", "1.0", 9]],
  );
  assert.equal(await resolve(), first);
  assert.equal(await resolve(), first);
  assert.is(asked.length, 3);
  assert.equal(
    (await readdir(own)).filter((name) => name.startsWith("closure-")),
    [],
  );
});

test("the system's manager is asked in the base image, with the database of the root as data", async () => {
  const { asked, copied, resolve } = machine((output) => leaveAnswer(output, "1"));
  await resolve("apt", { imageId: digest("b") });
  assert.equal(asked[0]?.image, { imageId: digest("a") });
  assert.is(asked[0]?.sharesCache, true);
  assert.match(copied[0] ?? "", /\/apt\/root$/);
});

test("a language's manager is asked in the root, with the environment of the base and a cache of its own", async () => {
  const { asked, resolve } = machine(async (output) => {
    await writeFile(join(output, "report"), JSON.stringify([{ install: [] }]));
  });
  assert.equal(await resolve("pip", { imageId: digest("b") }), []);
  assert.is(asked[0]?.image.imageId, digest("b"));
  assert.is(asked[0]?.environmentOf?.imageId, digest("a"));
  assert.is(asked[0]?.sharesCache, undefined);
});

test("links that a container leaves are not followed", async () => {
  const outside = join(directory, "outside");
  await mkdir(outside);
  await writeFile(join(outside, "tool.deb"), "the machine's own");
  const traps: readonly ((output: string) => Promise<void>)[] = [
    (output) => symlink(join(outside, "tool.deb"), join(output, "files/tool.deb")),
    async (output) => {
      await removeTree(join(output, "files"));
      await symlink(outside, join(output, "files"));
    },
  ];
  for (const trap of traps) {
    const { resolve } = machine(async (output) => {
      await trap(output);
      await writeFile(join(output, "report"), REPORT);
    });
    const failure = await resolve().catch((error: unknown) => error);
    assert.instance(failure, StepFailure);
    assert.match((failure as StepFailure).message, /its file was not downloaded/);
    await access(join(outside, "tool.deb"));
  }
  const { resolve } = machine((output) => symlink("/etc/passwd", join(output, "report")));
  assert.match(String(await resolve().catch((error: unknown) => error)), /apt left no report/);
});

test.run();
