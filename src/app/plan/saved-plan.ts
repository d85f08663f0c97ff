import { CommandError, EXIT } from "../../exit.js";
import type { Desired } from "../../model/desired.js";
import type { ImageName } from "../../model/names.js";
import type { Plan } from "../../model/plan.js";
import { planInputs } from "../../resolve/plan.js";
import { withAncestors } from "../catalogue/catalogue.js";

interface SavedPlan {
  readonly inputs: string;
  readonly images: readonly ImageName[];
}

/**
 * The images of a saved plan. Applying a plan does exactly what it says or nothing: it is refused where the inputs of its images
 * have changed, or where something outside the plan would have to be built for them. Steps that are already done are fine, so
 * that an interrupted `build --plan` can be repeated.
 */
export function selectFromPlan(
  saved: { text: string; file: string },
  desired: Desired,
  now: Plan,
): readonly ImageName[] {
  const { inputs, images } = parse(saved.text, saved.file);
  const stale = (what: string) =>
    new CommandError(EXIT.rejected, `${saved.file} is out of date: ${what}`, "make a new plan: slipway plan --json");
  if (planInputs(desired, images) !== inputs) throw stale("what goes into its images has changed");
  const extra = [...withAncestors(images, desired)].find((name) => {
    const step = now.steps.find(({ image }) => image === name);
    return step !== undefined && step.action !== "retag" && !images.includes(name);
  });
  if (extra !== undefined) throw stale(`${extra} would have to be built as well`);
  return images;
}

function parse(text: string, file: string): SavedPlan {
  const wrong = new CommandError(EXIT.rejected, `${file} is not a plan`, "to make one: slipway plan --json");
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw wrong;
  }
  if (typeof value !== "object" || value === null || !("steps" in value) || !Array.isArray(value.steps)) throw wrong;
  const steps = value.steps.filter((step) => step?.action !== "delete");
  const named = steps.every((step) => typeof step?.image === "string");
  if (!named || !("inputs" in value) || typeof value.inputs !== "string") throw wrong;
  return { inputs: value.inputs, images: steps.map((step) => step.image) };
}
