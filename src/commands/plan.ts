import type { Context } from "../context.js";
import { EXIT, type ExitCode } from "../exit.js";
import { makePlan, type PlanOptions } from "../planning.js";
import { planText } from "../report/plan-text.js";

/** What a build would do: against the registry, or from one Git ref to another. */
export async function run(context: Context, options: PlanOptions): Promise<ExitCode> {
  const { plan, against } = await makePlan(context, options);
  context.out(context.json ? `${JSON.stringify(plan, null, 2)}\n` : planText(plan, against));
  return EXIT.done;
}
