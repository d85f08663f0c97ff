import { imageNamed } from "../app/catalogue/catalogue.js";
import { makePlan, type PlanOptions } from "../app/plan/plan.js";
import type { Context } from "../context.js";
import { EXIT, type ExitCode } from "../exit.js";
import { whyText } from "../report/why-text.js";

/** Why one image would, or would not, be rebuilt. */
export async function run(context: Context, options: PlanOptions, name: string): Promise<ExitCode> {
  const { plan, loaded, against } = await makePlan(context, options);
  const { node } = imageNamed(loaded, name);
  const step = plan.steps.find(({ image }) => image === node.name);
  if (context.json) {
    const { action, key, reasons } = step ?? { action: "unchanged", key: null, reasons: [] };
    context.out(
      `${JSON.stringify({ image: node.name, version: node.definition.version, action, key, reasons }, null, 2)}\n`,
    );
  } else context.out(whyText(node.name, step, against));
  return EXIT.done;
}
