import { EXIT } from "../exit.js";
import { PLAN } from "./options.js";
import { defineVerb } from "./verb.js";

/** Why one image would, or would not, be rebuilt. */
export const whyVerb = defineVerb({
  usage: "why <image>",
  description: "why an image would (not) be rebuilt",
  options: PLAN,
  async run(context, options, name) {
    const { imageNamed } = await import("../app/catalogue/catalogue.js");
    const { makePlan } = await import("../app/plan/plan.js");
    const { whyText } = await import("../report/why-text.js");
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
  },
});
