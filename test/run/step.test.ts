import { errorAt } from "../../src/model/diagnostic.js";
import type { BuildKey } from "../../src/model/names.js";
import { RegistryError } from "../../src/model/registry.js";
import { keyOf } from "../../src/resolve/observe.js";
import { tagsOf } from "../../src/resolve/tags.js";
import { StepFailure } from "../../src/run/runner.js";
import { isCurrent, runStep, type StepDeps } from "../../src/run/step.js";
import { digest, image } from "../support/definitions.js";
import { desired, desiredImage } from "../support/desired.js";
import { fakeBuild, Gate } from "../support/fake-build.js";
import { FakeRegistry } from "../support/fake-registry.js";
import { installed, inventoryOf } from "../support/inventories.js";
import { assert, suite } from "../support/suite.js";

const test = suite("run/step");

const LONE = desired([image("a", { version: "1.1", tests: [{ type: "file", name: "t", path: "/t", exists: true }] })]);
const A = desiredImage(LONE, "a");
const KEY: BuildKey = keyOf(A, LONE, []);
const TAGS = tagsOf("1.1", KEY, A.testsDigest, A.tags);

function step(deps: StepDeps, signal = new AbortController().signal) {
  const phases: string[] = [];
  const promise = runStep(deps, {
    image: A,
    parents: [],
    log: "/log",
    signal,
    observed: () => {},
    phase: (phase) => phases.push(phase),
  });
  return { promise, phases };
}

async function failure(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Error("it did not fail");
}

test("while another process builds the same key, the phase is `waiting`", async () => {
  const { deps } = fakeBuild(LONE);
  const { promise, phases } = step({
    ...deps,
    lock: (_key, _signal, action, waiting) => {
      waiting?.();
      return action();
    },
  });
  await promise;
  assert.equal(phases.slice(0, 2), ["waiting", "resolving"]);
});

test("build, test, key tag, then what says tested and the pointers: in this order", async () => {
  const { deps, journal, runner, registry } = fakeBuild(LONE);
  const { promise, phases } = step(deps);
  const { outcome, bytes, imageId } = await promise;
  assert.equal([outcome, bytes], ["built", 1000]);
  assert.equal(journal, ["build a", "test a", "publish a KEY", "point a TESTED 1.1-KEY8 1.1 latest"]);
  assert.equal(phases, ["resolving", "building", "checking", "testing", "publishing"]);
  assert.equal(runner.tests[0]?.image, { imageId }, "what is tested is in local storage");
  assert.equal(runner.tests[0]?.tests, A.tests);
  assert.equal(
    [...registry.tags.keys()],
    [TAGS.key, TAGS.tested, ...TAGS.pointers].map((tag) => `a:${tag}`),
  );
});

test("a failing test publishes nothing", async () => {
  const { deps, journal, runner, registry } = fakeBuild(LONE);
  runner.testFailures.set("a", new StepFailure("TEST_FAILED", "no"));
  assert.instance(await failure(step(deps).promise), StepFailure);
  assert.equal(journal, ["build a", "test a"]);
  assert.is(registry.tags.size, 0);
});

test("what nobody approved fails the image before its tests, with the place and what to do", async () => {
  const { deps, journal, registry, runner } = fakeBuild(LONE);
  runner.inventories.set("a", inventoryOf(installed("deb", "nmap 7")));
  const seen: unknown[] = [];
  const check: StepDeps["check"] = async ({ inventory, imageId }) => {
    seen.push(
      inventory.packages.map(({ name }) => name),
      imageId,
    );
    const at = { file: "images/a/image.yaml", line: 3, column: 1 };
    return ["one", "two", "three", "four"].map((message) => errorAt(at, "package-unasked", message, `not ${message}`));
  };
  const error = await failure(step({ ...deps, check }).promise);
  assert.ok(error instanceof StepFailure && error.code === "NOT_APPROVED");
  assert.is(error.message, "one; two; three; and 1 more");
  assert.equal(error.tail.slice(0, 2), ["images/a/image.yaml:3:1: package-unasked: one", "  hint: not one"]);
  assert.is(error.tail.length, 8);
  assert.equal(journal, ["build a"]);
  assert.is(registry.tags.size, 0);
  assert.equal(seen[0], ["nmap"]);
});

test("nothing is published after an interruption, even where the tests passed", async () => {
  const { deps, runner, registry } = fakeBuild(LONE);
  const controller = new AbortController();
  runner.open = async () => ({
    inspect: async () => ({ packages: [] }),
    test: async () => controller.abort(),
    close: async () => {},
  });
  const error = await failure(step(deps, controller.signal).promise);
  assert.is(error instanceof StepFailure && error.code, "INTERRUPTED");
  assert.is(registry.tags.size, 0);
});

test("after a crash between key tag and pointers the image is not built again, but tested and pointed to", async () => {
  const { deps, journal, registry, runner } = fakeBuild(LONE);
  registry.put("a", [TAGS.key], digest("b"));
  const { promise, phases } = step(deps);
  assert.is((await promise).outcome, "retagged");
  assert.equal(journal, ["test a", "point a TESTED 1.1-KEY8 1.1 latest"]);
  assert.equal(phases, ["testing", "publishing"]);
  assert.equal(runner.tests[0]?.image, {
    imageId: digest("b"),
    pull: { reference: `fake:a:${TAGS.key}`, options: [] },
  });
  assert.is(registry.tags.get("a:latest")?.imageId, digest("b"));
});

test("a tested image whose pointers are stale is not tested again", async () => {
  const { deps, journal, registry } = fakeBuild(LONE);
  registry.put("a", [TAGS.key, TAGS.tested], digest("b"));
  assert.is((await step(deps).promise).outcome, "retagged");
  assert.equal(journal, ["point a TESTED 1.1-KEY8 1.1 latest"]);
});

test("a stored image that fails the tests as they are now moves no pointer", async () => {
  const { deps, journal, registry, runner } = fakeBuild(LONE);
  registry.put("a", [TAGS.key], digest("b"));
  runner.testFailures.set("a", new StepFailure("TEST_FAILED", "no"));
  await failure(step(deps).promise);
  assert.equal(journal, ["test a"]);
  assert.is(registry.tags.get("a:latest"), undefined);
});

test("a publish that fails moves no pointer", async () => {
  const { deps, journal, registry } = fakeBuild(LONE);
  registry.publish = async () => {
    throw new RegistryError("down");
  };
  assert.instance(await failure(step(deps).promise), RegistryError);
  assert.equal(journal, ["build a", "test a"]);
  assert.is(registry.tags.size, 0);
});

test("what is current is left alone, without a lock", async () => {
  const { deps, journal, registry } = fakeBuild(LONE);
  registry.put("a", [TAGS.key, TAGS.tested, ...TAGS.pointers], digest("b"));
  const lock = () => assert.unreachable("locked") as never;
  const { outcome, imageId } = await step({ ...deps, lock }).promise;
  assert.equal([outcome, imageId, journal], ["unchanged", digest("b"), []]);
});

/** A lock as files give it: one holder at a time. */
function oneAtATime(): StepDeps["lock"] {
  let last: Promise<unknown> = Promise.resolve();
  return (_key, _signal, action) => {
    const mine = last.then(action);
    last = mine.catch(() => {});
    return mine;
  };
}

test("of two that want the same key one does the work, and the other finds it done", async () => {
  const registry = new FakeRegistry();
  const { deps, runner, journal } = fakeBuild(LONE, registry);
  runner.hold("a");
  const lock = oneAtATime();
  const looked = new Gate();
  let looks = 0;
  const observe: StepDeps["observe"] = async (one, parents) => {
    const found = await deps.observe(one, parents);
    if (++looks === 2) looked.open();
    return found;
  };
  const steps = [step({ ...deps, lock, observe }), step({ ...deps, lock, observe })];
  await looked.passed();
  await runner.begun("a");
  runner.release("a");
  const done = await Promise.all(steps.map(({ promise }) => promise));
  assert.equal(
    done.map(({ outcome }) => outcome),
    ["built", "unchanged"],
  );
  assert.equal(journal.filter((entry) => entry === "build a").length, 1);
});

test("the lock is the key's", async () => {
  const { deps } = fakeBuild(LONE);
  const keys: string[] = [];
  const lock: StepDeps["lock"] = (key, _signal, action) => {
    keys.push(key);
    return action();
  };
  await step({ ...deps, lock }).promise;
  assert.equal(keys, [`k-${KEY}`]);
});

test("what current means", () => {
  const record = { imageId: digest("a"), manifestDigest: digest("a") };
  const all = { key: KEY, record, tested: true, tags: TAGS, stale: [], published: true };
  const { record: _, ...missing } = all;
  assert.is(isCurrent(all), true);
  assert.is(isCurrent({ ...all, tested: false }), false);
  assert.is(isCurrent({ ...all, stale: ["latest"] }), false);
  assert.is(isCurrent(missing), false);
});

test("what is in an image is stored beside it before a pointer tag leads to it; where that fails none moves", async () => {
  const { deps, registry } = fakeBuild(LONE);
  const seen: unknown[] = [];
  const describe: StepDeps["describe"] = async ({ image: { node }, digest, pull }) => {
    seen.push([node.name, digest, pull, [...registry.tags.keys()]]);
    throw new RegistryError("no room");
  };
  assert.instance(await failure(step({ ...deps, describe }).promise), RegistryError);
  const { manifestDigest } = registry.tags.get(`a:${TAGS.key}`) ?? {};
  assert.equal(seen, [["a", manifestDigest, undefined, [`a:${TAGS.key}`]]]);
  assert.is(registry.tags.size, 1);
  await failure(step({ ...deps, describe }).promise);
  assert.equal(seen.length, 2, "running again comes to it again");
});

test.run();
