import type { Desired } from "../../src/model/desired.js";
import type { Plan } from "../../src/model/plan.js";
import { keyOf, observeAll } from "../../src/resolve/observe.js";
import { planAgainstRegistry, planBetween, planChange } from "../../src/resolve/plan.js";
import { tagsOf } from "../../src/resolve/tags.js";
import { command, digest, image } from "../support/definitions.js";
import { desired, desiredImage } from "../support/desired.js";
import { FakeRegistry, shortKey } from "../support/fake-registry.js";
import { assert, suite } from "../support/suite.js";

const test = suite("resolve/plan");

const FAMILY = [
  image("base"),
  image("child", { parent: "base" }),
  image("grandchild", { parent: "child" }),
  image("other"),
];

/** One line a step: what, why, and by which way. */
const lines = ({ steps }: Plan) =>
  steps.map(({ action, image: name, reasons }) => {
    const why = reasons.map(({ code, via }) => (via.length > 0 ? `${code} via ${via.join(" ")}` : code));
    return `${action} ${name}: ${why.join(", ")}`;
  });

async function planned(registry: FakeRegistry, head: Desired = desired(FAMILY)): Promise<Plan> {
  return planAgainstRegistry(head, await observeAll(registry, head));
}

/** Puts an image with all its tags under the key that it has on these parents. */
function store(registry: FakeRegistry, head: Desired, name: string, { id, parents = [] }: Stored): void {
  const desiredOne = desiredImage(head, name);
  const key = keyOf(desiredOne, head, parents.map(digest));
  const {
    key: keyTag,
    tested,
    pointers,
  } = tagsOf(desiredOne.node.definition.version, key, desiredOne.testsDigest, desiredOne.tags);
  registry.put(name, [keyTag, tested, ...pointers], digest(id));
}

interface Stored {
  readonly id: string;
  readonly parents?: readonly string[];
}

/** A registry that holds the whole family. */
function full(head: Desired = desired(FAMILY)): FakeRegistry {
  const registry = new FakeRegistry();
  store(registry, head, "base", { id: "a" });
  store(registry, head, "child", { id: "b", parents: ["a"] });
  store(registry, head, "grandchild", { id: "c", parents: ["b"] });
  store(registry, head, "other", { id: "d" });
  return registry;
}

test("an empty registry: base images are built, the rest is pending on them", async () => {
  const plan = await planned(new FakeRegistry());
  assert.equal(lines(plan), [
    "build base: MISSING",
    "build other: MISSING",
    "pending child: PARENT via base",
    "pending grandchild: PARENT via base child",
  ]);
  assert.equal(
    plan.steps.map(({ key }) => shortKey(key) === "null"),
    [false, false, true, true],
  );
  assert.equal(
    plan.steps.map(({ level }) => level),
    [0, 0, 1, 2],
  );
  assert.is(plan.unchanged, 0);
  assert.is(plan.steps[2]?.reasons[0]?.detail, "base: MISSING never published");
  assert.is(plan.steps[3]?.reasons[0]?.detail, "base: MISSING never published", "the first cause, not the nearest");
});

test("a full registry: nothing to do", async () => {
  const plan = await planned(full());
  assert.equal(lines(plan), []);
  assert.is(plan.unchanged, 4);
  assert.is(plan.base, null);
});

test("a changed definition: what is published was made from other inputs", async () => {
  const changed = desired([image("base", { env: { A: "1" } }), ...FAMILY.slice(1)]);
  assert.equal(lines(await planned(full(), changed)), [
    "build base: DEFINITION",
    "pending child: PARENT via base",
    "pending grandchild: PARENT via base child",
  ]);
});

test("early cutoff: a parent built anew with the same bytes leaves its children alone", async () => {
  const changed = desired([image("base", { env: { A: "1" } }), ...FAMILY.slice(1)]);
  const registry = full();
  store(registry, changed, "base", { id: "a" });
  assert.equal(lines(await planned(registry, changed)), []);
  store(registry, changed, "base", { id: "e" });
  assert.equal(lines(await planned(registry, changed)), [
    "build child: DEFINITION",
    "pending grandchild: PARENT via child",
  ]);
});

test("the same image under another manifest is the same parent", async () => {
  const registry = full();
  const head = desired(FAMILY);
  const { testsDigest } = desiredImage(head, "base");
  const { key, tested, pointers } = tagsOf("1.0", keyOf(desiredImage(head, "base"), head, []), testsDigest, ["latest"]);
  registry.put("base", [key, tested, ...pointers], digest("a"), digest("f"));
  assert.equal(lines(await planned(registry)), []);
});

test("another version of the same image, or a moved pointer: retag", async () => {
  const renamed = desired([...FAMILY.slice(0, 3), image("other", { version: "2.0" })]);
  const plan = await planned(full(), renamed);
  assert.equal(lines(plan), ["retag other: TAGS"]);
  assert.match(plan.steps[0]?.reasons[0]?.detail ?? "", /^2\.0-[0-9a-f]{8}, 2\.0 to be moved$/);
  const registry = full();
  registry.put("other", ["latest"], digest("9"));
  assert.equal(lines(await planned(registry)), ["retag other: TAGS"]);
});

test("tests that changed: retag of the image and all that inherit them, no build", async () => {
  const tests = [{ type: "command", name: "t", command: command("true"), exit: 0, timeout: 1 }] as const;
  const changed = desired([image("base", { tests }), ...FAMILY.slice(1)]);
  assert.equal(lines(await planned(full(), changed)), [
    "retag base: TESTS",
    "retag child: TESTS",
    "retag grandchild: TESTS",
  ]);
});

test("an image that nobody observed is a bug", () => {
  assert.throws(() => planAgainstRegistry(desired(FAMILY), new Map()), /base was not observed/);
});

test("digest: equal for the same change, whatever commit is named; different for another change", async () => {
  const at = (commit: string | null, env: string) => desired([image("a", { env: { A: env } })], {}, commit);
  const plan = (from: Desired, to: Desired) => planBetween(from, to);
  const one = plan(at("c1", "1"), at("c2", "2"));
  const same = plan(at("c3", "1"), at(null, "2"));
  assert.is(one.digest, same.digest);
  assert.equal([one.base, one.head, same.base, same.head], ["c1", "c2", "c3", null]);
  assert.is.not(plan(at("c1", "1"), at("c2", "3")).digest, one.digest);
  assert.match(one.digest, /^[0-9a-f]{64}$/);
  const empty = new FakeRegistry();
  assert.is((await planned(empty, at("c1", "1"))).digest, (await planned(empty, at("c2", "1"))).digest);
});

test("an image whose parent goes from one to another", () => {
  const before = desired([image("a"), image("b", { env: { B: "1" } }), image("c", { parent: "a" })]);
  const after = desired([image("a"), image("b", { env: { B: "1" } }), image("c", { parent: "b" })]);
  assert.equal(lines(planBetween(before, after)), ["build c: DEFINITION"]);
});

test("images left out as untouched count as unchanged", () => {
  const head = desired([image("a")]);
  assert.is(planChange({ base: head, head, images: [], removed: [], others: 41 }).unchanged, 41);
});

test.run();
