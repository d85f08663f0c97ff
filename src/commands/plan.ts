import { type CataloguePlan, makePlan, type PlanOptions } from "../app/plan/plan.js";
import type { Context } from "../context.js";
import { EXIT, type ExitCode } from "../exit.js";
import { planText } from "../report/plan-text.js";
import { matrixStages } from "../resolve/matrix.js";

export interface PlanCommandOptions extends PlanOptions {
  readonly matrix?: number;
}

/** What a build would do: against the registry, or from one Git ref to another. */
export async function run(context: Context, options: PlanCommandOptions): Promise<ExitCode> {
  const planned = await makePlan(context, options);
  if (options.matrix !== undefined) context.out(matrixText(planned, options.matrix));
  else if (context.json) context.out(`${JSON.stringify(planned.plan, null, 2)}\n`);
  else context.out(planText(planned.plan, planned.against));
  return EXIT.done;
}

/** One line, as a workflow's output has to be. */
function matrixText({ plan, loaded }: CataloguePlan, jobs: number): string {
  const images = plan.steps.filter(({ action }) => action !== "delete").map(({ image }) => image);
  const parentsOf = (image: (typeof images)[number]) => loaded.desired.images.get(image)?.node.parents ?? [];
  return `${JSON.stringify({ stages: matrixStages({ images, parentsOf, jobs, shared: plan.base === null }) })}\n`;
}
