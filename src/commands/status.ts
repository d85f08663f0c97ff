import { EXIT } from "../exit.js";
import { REF, REGISTRY } from "./options.js";
import { defineVerb } from "./verb.js";

/** Each image as the registry has it: READY, STALE, MISSING or ERROR, with the reason. */
export const statusVerb = defineVerb({
  usage: "status",
  description: "each image as the registry has it",
  options: { ...REF, ...REGISTRY },
  async run(context, options) {
    const { registryStatus } = await import("../app/plan/plan.js");
    const { statusText } = await import("../report/status-text.js");
    const images = await registryStatus(context, options);
    if (context.json) context.out(`${JSON.stringify({ images }, null, 2)}\n`);
    else context.out(statusText(images));
    return EXIT.done;
  },
});
