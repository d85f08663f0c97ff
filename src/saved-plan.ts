import { CommandError, EXIT } from "./exit.js";
import type { Plan } from "./model/plan.js";

interface SavedStep {
  readonly image: string;
  readonly key: string | null;
}

/**
 * The images of a saved plan. Applying it does exactly what it says or nothing: where an image's inputs are no longer what
 * they were, or something outside the plan would have to be built for it, it is refused. Steps that are done already are
 * no obstacle, so that an interrupted `build --plan` can be repeated.
 */
export function selectFromPlan(text: string, file: string, now: Plan): string[] {
  const saved = parse(text, file);
  const current = new Map(now.steps.map((step) => [step.image as string, step]));
  const planned = new Set(saved.steps.map(({ image }) => image));
  const moved = saved.steps.find(({ image, key }) => {
    const step = current.get(image);
    return saved.base === null && key !== null && step !== undefined && step.key !== null && step.key !== key;
  });
  const extra = now.steps.find(({ image, action, reasons }) => {
    const inTheWay = saved.steps.some((step) =>
      current.get(step.image)?.reasons.some(({ via }) => via.includes(image)),
    );
    return action !== "retag" && !planned.has(image) && inTheWay && reasons.length > 0;
  });
  const stale = moved?.image ?? extra?.image;
  if (stale === undefined) return saved.steps.map(({ image }) => image);
  throw new CommandError(
    EXIT.rejected,
    `${file} is out of date: ${stale} has changed since`,
    "make a new plan: slipway plan --json",
  );
}

function parse(text: string, file: string): { base: string | null; steps: SavedStep[] } {
  const wrong = new CommandError(EXIT.rejected, `${file} is no plan`, "it is made by: slipway plan --json");
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw wrong;
  }
  if (typeof value !== "object" || value === null || !("steps" in value) || !Array.isArray(value.steps)) throw wrong;
  const steps = value.steps.filter((step) => step?.action !== "delete");
  if (!steps.every((step) => typeof step?.image === "string" && (step.key === null || typeof step.key === "string")))
    throw wrong;
  return { base: "base" in value && typeof value.base === "string" ? value.base : null, steps };
}
