import { selectFromPlan } from "../../../src/app/plan/saved-plan.js";
import { CommandError } from "../../../src/exit.js";
import type { Desired } from "../../../src/model/desired.js";
import type { Plan } from "../../../src/model/plan.js";
import { planInputs } from "../../../src/resolve/plan.js";
import { image, imageName } from "../../support/definitions.js";
import { desired } from "../../support/desired.js";
import { plan, reason, step } from "../../support/plans.js";
import { assert, suite } from "../../support/suite.js";

const test = suite("saved-plan");

/** A base with a child and a grandchild; `changed` tells what another time of the same catalogue has instead. */
const tree = (changed: { readonly env?: string; readonly version?: string } = {}): Desired =>
  desired([
    image("base"),
    image("child", { parent: "base", env: { X: changed.env ?? "1" }, version: changed.version ?? "1.0" }),
    image("grandchild", { parent: "child" }),
  ]);

const BASE = step("base");
const CHILD = step("child", { action: "pending", key: null, reasons: [reason("PARENT", "base", "base")] });

/** A plan as it was saved when the catalogue was `then`. */
function saved(steps: Plan["steps"], then = tree()): Plan {
  const names = steps.filter(({ action }) => action !== "delete").map((entry) => entry.image);
  return plan(steps, { inputs: planInputs(then, names) });
}

const select = (old: unknown, now: Plan, today = tree()) =>
  selectFromPlan({ text: JSON.stringify(old), file: "plan.json" }, today, now);

function refused(old: unknown, now: Plan, today = tree()): string {
  try {
    select(old, now, today);
  } catch (error) {
    if (error instanceof CommandError) return `${error.exitCode}: ${error.message}`;
    throw error;
  }
  return "accepted";
}

test("a plan that is still what is to be done", () => {
  const old = saved([BASE, CHILD]);
  assert.equal(select(old, old), ["base", "child"]);
});

test("steps that are done already are no obstacle", () => {
  assert.equal(select(saved([BASE, CHILD]), plan([{ ...CHILD, action: "build" }])), ["base", "child"]);
  assert.equal(select(saved([BASE, CHILD]), plan([])), ["base", "child"]);
});

test("what else is to be done now does not matter, as long as it is not in the way", () => {
  assert.equal(select(saved([BASE]), plan([BASE, CHILD])), ["base"]);
});

test("inputs that changed since, of an image that had no key yet as well", () => {
  const message = "3: plan.json is out of date: what goes into its images has changed";
  const now = plan([BASE, CHILD]);
  assert.is(refused(saved([BASE, CHILD]), now, tree({ env: "2" })), message);
  assert.is(refused(saved([BASE, CHILD]), now, tree({ version: "1.1" })), message);
  assert.is(refused(saved([BASE]), now, tree({ env: "2" })), "accepted");
});

test("a parent that was not to be built is now", () => {
  const message = "3: plan.json is out of date: base would have to be built as well";
  assert.is(refused(saved([CHILD]), plan([BASE, CHILD])), message);
  assert.is(refused(saved([step("grandchild")]), plan([BASE])), message);
});

test("a parent that only needs tags is in nobody's way", () => {
  assert.equal(select(saved([CHILD]), plan([step("base", { action: "retag" }), CHILD])), ["child"]);
});

test("images that are no longer defined are not built", () => {
  assert.equal(select(saved([BASE, step("gone", { action: "delete", key: null })]), plan([BASE])), ["base"]);
});

test("what is not a plan", () => {
  const wrong = "3: plan.json is not a plan";
  const inputs = "f".repeat(64);
  const step = { image: imageName("base") };
  for (const old of [null, 1, "x", [], {}, { steps: {} }, { inputs, steps: [1] }, { inputs, steps: [null] }]) {
    assert.is(refused(old, plan([])), wrong, JSON.stringify(old));
  }
  assert.is(refused({ inputs, steps: [{ image: 1 }] }, plan([])), wrong);
  assert.is(refused({ steps: [step] }, plan([])), wrong);
  assert.throws(() => selectFromPlan({ text: "{", file: "plan.json" }, tree(), plan([])), /plan\.json is not a plan/);
});

test.run();
