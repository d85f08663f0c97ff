import type { ImageName } from "../../src/model/names.js";
import { RegistryError } from "../../src/model/registry.js";
import { StepFailure } from "../../src/run/runner.js";
import type { StepDeps } from "../../src/run/step.js";
import { digest, image } from "../support/definitions.js";
import { desired } from "../support/desired.js";
import { fakeBuild, Gate, names, outcomes } from "../support/fake-build.js";
import { FakeRegistry } from "../support/fake-registry.js";
import { assert, suite } from "../support/suite.js";

const test = suite("run/schedule");

/** base → child → grandchild, other → below. */
const FAMILY = desired([
  image("base"),
  image("other"),
  image("child", { parent: "base" }),
  image("below", { parent: "other" }),
  image("grandchild", { parent: "child" }),
]);
const ALL = ["base", "other", "child", "below", "grandchild"];

test("everything is built, and results come in build order", async () => {
  const { run, runner } = fakeBuild(FAMILY);
  assert.equal(
    outcomes(await run()),
    ALL.map((name) => `${name} built`),
  );
  assert.equal(runner.builds.map(({ name, log }) => `${name} ${log}`).slice(0, 2), [
    "base /logs/base.log",
    "other /logs/other.log",
  ]);
});

test("an image starts the moment its parents are done, whatever else of their level is still going on", async () => {
  const { run, runner, journal } = fakeBuild(FAMILY);
  runner.hold("other");
  const results = run();
  await runner.begun("grandchild");
  assert.ok(journal.includes("build other"));
  assert.not(journal.includes("test other"));
  runner.release("other");
  assert.equal(
    outcomes(await results),
    ALL.map((name) => `${name} built`),
  );
});

test("a child is built on its parent's new image", async () => {
  const { run, runner } = fakeBuild(FAMILY);
  runner.ids.set("base", digest("5"));
  const results = await run();
  const child = runner.builds.find(({ name }) => name === "child");
  const parent = child?.images.get("base" as ImageName);
  assert.is(parent?.imageId, digest("5"));
  assert.is(parent?.pull?.reference, `fake:base:k-${results[0]?.key}`);
});

test("never more at once than jobs", async () => {
  const many = desired(Array.from({ length: 8 }, (_, index) => image(`i${index}`)));
  for (const jobs of [1, 3]) {
    const { run, runner } = fakeBuild(many);
    runner.hold(...many.images.keys());
    const results = run({ jobs });
    await runner.begun(`i${jobs - 1}`);
    for (const name of many.images.keys()) {
      await runner.begun(name);
      assert.ok(runner.active <= jobs);
      runner.release(name);
    }
    await results;
    assert.is(runner.peak, jobs);
  }
});

test("a failed image fails alone: what is built on it is skipped, the rest goes on", async () => {
  const { run, runner, registry } = fakeBuild(FAMILY);
  runner.failures.set("base", new StepFailure("BUILD_FAILED", "exit status 1", ["last line"]));
  const results = await run();
  assert.equal(outcomes(results), ["base failed", "other built", "child skipped", "below built", "grandchild skipped"]);
  const [base, , child, , grandchild] = results;
  assert.equal(base?.error, {
    code: "BUILD_FAILED",
    message: "exit status 1",
    log: "/logs/base.log",
    tail: ["last line"],
  });
  assert.match(base?.key ?? "", /^[0-9a-f]{64}$/);
  assert.equal(child?.error, { code: "PARENT_FAILED", message: "base failed" });
  assert.equal(grandchild?.error, { code: "PARENT_FAILED", message: "child was skipped" });
  assert.equal(
    [...registry.tags.keys()].filter((tag) => tag.startsWith("base:")),
    [],
  );
});

test("a registry that fails fails the image, with a code of its own", async () => {
  const { run, registry } = fakeBuild(FAMILY);
  registry.publish = async () => {
    throw new RegistryError("quota exceeded");
  };
  const results = await run({ selected: names("base") });
  assert.equal(results[0]?.error, { code: "PUBLISH_FAILED", message: "quota exceeded", log: "/logs/base.log" });
});

test("a bug is not a failed build", async () => {
  const { run, runner } = fakeBuild(FAMILY);
  runner.failures.set("base", new TypeError("x is not a function"));
  try {
    await run();
    assert.unreachable();
  } catch (error) {
    assert.instance(error, TypeError);
  }
});

test("cut-off: a parent that comes out identical leaves its children unchanged", async () => {
  const registry = new FakeRegistry();
  await fakeBuild(FAMILY, registry).run();
  const before = new Map(registry.tags);
  registry.journal.length = 0;
  const changed = desired(
    [...FAMILY.images.values()].map(({ node }) =>
      node.name === "base" ? image("base", { env: { A: "1" } }) : node.definition,
    ),
  );
  const { run, runner } = fakeBuild(changed, registry);
  const id = before.get("base:latest")?.imageId ?? digest("0");
  runner.ids.set("base", id);
  const results = await run();
  assert.equal(outcomes(results), [
    "base built",
    "other unchanged",
    "child unchanged",
    "below unchanged",
    "grandchild unchanged",
  ]);
  assert.equal(
    runner.builds.map(({ name }) => name),
    ["base"],
  );
  assert.equal(results[2]?.reasons[0]?.code, "PARENT", "it was pending");
  assert.equal(results[1]?.reasons, [], "it was not in the plan");
});

test("a parent that comes out different rebuilds its children", async () => {
  const registry = new FakeRegistry();
  await fakeBuild(FAMILY, registry).run();
  const changed = desired(
    [...FAMILY.images.values()].map(({ node }) =>
      node.name === "base" ? image("base", { env: { A: "1" } }) : node.definition,
    ),
  );
  const { run, runner } = fakeBuild(changed, registry);
  runner.ids.set("base", digest("7"));
  assert.equal(outcomes(await run()), [
    "base built",
    "other unchanged",
    "child built",
    "below unchanged",
    "grandchild built",
  ]);
});

/** tools and base → app, which copies from tools; below derives from app. */
const copying = (tools: string, base: string) =>
  desired([
    image("tools", { env: { A: tools } }),
    image("base", { env: { A: base } }),
    image("app", { parent: "base", artifacts: [{ type: "image", image: "tools", path: "/x", target: "/x" }] }),
    image("below", { parent: "app" }),
  ]);

/** Outcomes of a build after another one, with these images coming out identical. */
async function rebuilt(after: ReturnType<typeof copying>, ...identical: readonly string[]) {
  const registry = new FakeRegistry();
  await fakeBuild(copying("1", "1"), registry).run();
  const { run, runner } = fakeBuild(after, registry);
  for (const name of ["tools", "base"]) {
    const before = registry.tags.get(`${name}:latest`)?.imageId ?? digest("0");
    runner.ids.set(name, identical.includes(name) ? before : digest("9"));
  }
  const results = await run();
  return { outcomes: outcomes(results), results, builds: runner.builds };
}

test("an image is built on all that it is built from, each as it came out", async () => {
  const { runner, run } = fakeBuild(copying("1", "1"));
  runner.ids.set("tools", digest("5"));
  await run();
  const { images } = runner.builds.find(({ name }) => name === "app") ?? {};
  assert.equal(
    [...(images ?? [])].map(([name]) => name),
    ["base", "tools"],
  );
  assert.is(images?.get("tools" as ImageName)?.imageId, digest("5"));
});

test("an image waits for all that it is built from", async () => {
  const { run, runner, journal } = fakeBuild(copying("1", "1"));
  runner.hold("tools");
  const results = run();
  await runner.begun("base");
  await runner.begun("tools");
  assert.not(journal.includes("build app"));
  runner.release("tools");
  assert.equal(outcomes(await results), ["tools built", "base built", "app built", "below built"]);
});

test("cut-off with several parents: all have to come out identical", async () => {
  const same = await rebuilt(copying("2", "1"), "tools", "base");
  assert.equal(same.outcomes, ["tools built", "base unchanged", "app unchanged", "below unchanged"]);
  assert.equal(
    same.results[2]?.reasons.map(({ code, via }) => `${code} ${via.join(" ")}`),
    ["STAGE tools"],
  );
  assert.equal(
    same.results[3]?.reasons.map(({ code, via }) => `${code} ${via.join(" ")}`),
    ["PARENT tools app"],
  );
  const one = await rebuilt(copying("2", "2"), "base");
  assert.equal(one.outcomes, ["tools built", "base built", "app built", "below built"]);
  const other = await rebuilt(copying("2", "2"), "tools");
  assert.equal(other.outcomes, ["tools built", "base built", "app built", "below built"]);
  const both = await rebuilt(copying("2", "2"), "tools", "base");
  assert.equal(both.outcomes, ["tools built", "base built", "app unchanged", "below unchanged"]);
});

test("a failure of what is only copied from skips as a parent's does", async () => {
  const { run, runner } = fakeBuild(copying("1", "1"));
  runner.failures.set("tools", new StepFailure("BUILD_FAILED", "exit status 1", []));
  const results = await run();
  assert.equal(outcomes(results), ["tools failed", "base built", "app skipped", "below skipped"]);
  assert.equal(results[2]?.error, { code: "PARENT_FAILED", message: "tools failed" });
});

test("running again does nothing, and asks for no place in the queue", async () => {
  const registry = new FakeRegistry();
  await fakeBuild(FAMILY, registry).run();
  registry.journal.length = 0;
  const again = fakeBuild(FAMILY, registry);
  assert.equal(
    outcomes(await again.run()),
    ALL.map((name) => `${name} unchanged`),
  );
  assert.equal(registry.journal, []);
});

test("an interruption ends what is going on and starts nothing more", async () => {
  const { run, runner, controller, registry } = fakeBuild(FAMILY);
  runner.hold("base", "other");
  const results = run({ jobs: 2 });
  await runner.begun("base");
  await runner.begun("other");
  controller.abort(new Error("Ctrl-C"));
  const found = await results;
  assert.equal(outcomes(found), [
    "base failed",
    "other failed",
    "child skipped",
    "below skipped",
    "grandchild skipped",
  ]);
  assert.equal(
    found.slice(0, 2).map(({ error }) => error?.code),
    ["INTERRUPTED", "INTERRUPTED"],
  );
  assert.is(registry.tags.size, 0);
  assert.equal(
    runner.builds.map(({ name }) => name),
    ["base", "other"],
  );
});

test("what waits in the queue when the interruption comes is not started", async () => {
  const { run, runner, controller } = fakeBuild(FAMILY);
  runner.hold("base");
  const results = run({ jobs: 1 });
  await runner.begun("base");
  controller.abort(new Error("Ctrl-C"));
  assert.equal(
    (await results).slice(0, 2).map(({ error }) => error?.code),
    ["INTERRUPTED", "INTERRUPTED"],
  );
  assert.equal(
    runner.builds.map(({ name }) => name),
    ["base"],
  );
});

test("only the selected images", async () => {
  const { run, runner } = fakeBuild(FAMILY);
  assert.equal(outcomes(await run({ selected: names("base", "child") })), ["base built", "child built"]);
  assert.equal(
    runner.builds.map(({ name }) => name),
    ["base", "child"],
  );
});

test("events tell of phases, and of each image when it is done", async () => {
  const { run, events } = fakeBuild(desired([image("a")]));
  await run();
  const told = events.map((event) => (event.type === "phase" ? event.phase : `${event.type} ${event.result.outcome}`));
  assert.equal(told, ["resolving", "building", "checking", "testing", "publishing", "done built"]);
});

/** Claims of another builder on some images, which end when told. */
function othersClaims(...claimed: readonly string[]) {
  const gates = new Map(claimed.map((name) => [name, new Gate()]));
  const left = new Set(claimed);
  const claims: NonNullable<StepDeps["claims"]> = {
    get hasMetOthers() {
      return claimed.length > left.size;
    },
    take: async (name) => (left.has(name) ? "taken" : { release: async () => {} }),
    ended: async (name) => {
      await gates.get(name)?.passed();
      left.delete(name);
    },
  };
  return { claims, end: (name: string) => gates.get(name)?.open() };
}

test("an image that another builder is building takes no place, and is unchanged when that builder has published it", async () => {
  const two = desired([image("a"), image("b"), image("below", { parent: "a" })]);
  const { run, runner, registry, events } = fakeBuild(two);
  const { claims, end } = othersClaims("a");
  const results = run({ jobs: 1 }, { claims });
  await runner.begun("b");
  const phases = () => events.map((event) => (event.type === "phase" ? `${event.image} ${event.phase}` : ""));
  assert.ok(phases().includes("a waiting"));
  await fakeBuild(two, registry).run({ selected: names("a") });
  end("a");
  assert.equal(outcomes(await results), ["a unchanged", "b built", "below built"]);
  assert.equal(
    runner.builds.map(({ name }) => name),
    ["b", "below"],
  );
});

test("an image whose builder has gone is built", async () => {
  const { run } = fakeBuild(FAMILY);
  const { claims, end } = othersClaims("base");
  const results = run({}, { claims });
  end("base");
  assert.equal(
    outcomes(await results),
    ALL.map((name) => `${name} built`),
  );
});

test("once others are met, each builder begins at another image", async () => {
  const many = desired(["x", "a", "b", "c", "d"].map((name) => image(name)));
  const { run, runner } = fakeBuild(many);
  const { claims, end } = othersClaims("x");
  runner.hold("a");
  const results = run({ jobs: 1, spread: 3 }, { claims });
  await runner.begun("a");
  end("x");
  runner.release("a");
  await results;
  assert.equal(
    runner.builds.map(({ name }) => name),
    ["a", "c", "d", "x", "b"],
  );
});

test("the time an image took", async () => {
  let now = 0;
  const { run } = fakeBuild(desired([image("a")]));
  const [result] = await run({ clock: () => (now += 1.26) });
  assert.is(result?.seconds, 1.3);
});

test.run();
