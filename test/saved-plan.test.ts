import { CommandError } from "../src/exit.js";
import type { Plan } from "../src/model/plan.js";
import { selectFromPlan } from "../src/saved-plan.js";
import { fakeKey, plan, reason, step } from "./support/plans.js";
import { assert, suite } from "./support/suite.js";

const test = suite("saved-plan");

const select = (saved: unknown, now: Plan) => selectFromPlan(JSON.stringify(saved), "plan.json", now);

function refused(saved: unknown, now: Plan): string {
  try {
    select(saved, now);
  } catch (error) {
    if (error instanceof CommandError) return `${error.exitCode}: ${error.message}`;
    throw error;
  }
  return "accepted";
}

const BASE = step("base");
const CHILD = step("child", { action: "pending", key: null, reasons: [reason("PARENT", "base", "base")] });

test("a plan that is still what is to be done", () => {
  const saved = plan([BASE, CHILD, step("other", { action: "retag" })]);
  assert.equal(select(saved, saved), ["base", "child", "other"]);
});

test("steps that are done already are no obstacle", () => {
  assert.equal(select(plan([BASE, CHILD]), plan([{ ...CHILD, action: "build", key: fakeKey("2") }])), [
    "base",
    "child",
  ]);
  assert.equal(select(plan([BASE, CHILD]), plan([])), ["base", "child"]);
});

test("what else is to be done now does not matter, as long as it is not in the way", () => {
  assert.equal(select(plan([BASE]), plan([BASE, step("new")])), ["base"]);
});

test("an image whose inputs changed since", () => {
  assert.is(
    refused(plan([BASE]), plan([{ ...BASE, key: fakeKey("2") }])),
    "3: plan.json is out of date: base has changed since",
  );
});

test("a parent that was not to be built is now", () => {
  const child = step("child", { key: fakeKey("3") });
  assert.is(refused(plan([child]), plan([BASE, CHILD])), "3: plan.json is out of date: base has changed since");
});

test("a parent that only needs tags is in nobody's way", () => {
  const moved = step("base", { action: "retag" });
  assert.equal(select(plan([CHILD]), plan([moved, CHILD])), ["child"]);
});

test("images that are no longer defined are not built", () => {
  assert.equal(select(plan([BASE, step("gone", { action: "delete", key: null })]), plan([BASE])), ["base"]);
});

test("a plan between two Git trees has other keys, and still names its images", () => {
  assert.equal(select(plan([BASE], { base: "c1" }), plan([{ ...BASE, key: fakeKey("2") }])), ["base"]);
});

test("what is no plan", () => {
  const wrong = "3: plan.json is no plan";
  for (const saved of [
    null,
    1,
    "x",
    [],
    {},
    { steps: {} },
    { steps: [1] },
    { steps: [null] },
    { steps: [{ image: 1, key: null }] },
    { steps: [{ image: "a" }] },
  ]) {
    assert.is(refused(saved, plan([])), wrong, JSON.stringify(saved));
  }
  assert.throws(() => selectFromPlan("{", "plan.json", plan([])), /plan\.json is no plan/);
});

test.run();
