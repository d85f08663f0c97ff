import { EXIT } from "../exit.js";
import { PLAN } from "./options.js";
import { defineVerb } from "./verb.js";

/** Explains why one image would, or would not, be rebuilt. */
export const whyVerb = defineVerb({
  usage: "why <image>",
  description: "explain why an image would, or would not, be rebuilt",
  options: PLAN,
  async run(context, options, wanted) {
    const { imageNamed } = await import("../app/catalogue/catalogue.js");
    const { makePlan } = await import("../app/plan/plan.js");
    const { whyJson, whyText } = await import("../report/why-text.js");
    const { plan, loaded, against } = await makePlan(context, options);
    const { node } = imageNamed(loaded, wanted);
    const step = plan.steps.find(({ image }) => image === node.name);
    const { name, definition } = node;
    if (context.json) context.out(`${JSON.stringify(whyJson(name, definition.version, step), null, 2)}\n`);
    else context.out(whyText(name, step, against));
    return EXIT.done;
  },
});
