import type { Context } from "../../context.js";
import type { Plan } from "../../model/plan.js";
import { planBetween } from "../../resolve/plan.js";
import { type Judgement, judgeChange } from "./judgement.js";

/** A change with everything that the gate finds out about it without building. */
export interface GatedChange {
  readonly judgement: Judgement;
  /** null: there are errors, so there is nothing to plan. */
  readonly plan: Plan | null;
}

/** Finds out what a change would do, and what is wrong with it. */
export async function gateChange(
  context: Context,
  refs: { readonly base: string; readonly head: string },
): Promise<GatedChange> {
  const judgement = await judgeChange(context, refs);
  const isRejected = judgement.diagnostics.some(({ severity }) => severity === "error");
  const plan = isRejected ? null : planBetween(judgement.before.desired, judgement.after.desired);
  return { judgement, plan };
}
