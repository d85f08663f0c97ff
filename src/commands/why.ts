import { EXIT } from "../exit.js";
import { PLAN } from "./options.js";
import { defineVerb } from "./verb.js";

/** Explains why one image would, or would not, be rebuilt, and how it failed the last time. */
export const whyVerb = defineVerb({
  usage: "why <image>",
  description: "explain why an image would, or would not, be rebuilt, or why it failed",
  examples: [
    { command: "slipway why python3-web", says: "against the registry" },
    { command: "slipway why python3-web --base HEAD", says: "what the edits in the working tree mean for it" },
  ],
  isPaged: true,
  options: PLAN,
  async run(context, options, wanted) {
    const { explainImage } = await import("../app/plan/plan.js");
    const { whyJson, whyText } = await import("../report/why-text.js");
    const explained = await explainImage(context, options, wanted);
    if (context.json) context.out(`${JSON.stringify(whyJson(explained), null, 2)}\n`);
    else context.out(whyText(explained, context.colors.out));
    return EXIT.done;
  },
});
