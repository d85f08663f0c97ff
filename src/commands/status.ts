import { EXIT } from "../exit.js";
import { list, REF, REGISTRY_OPTIONS } from "./options.js";
import { defineVerb } from "./verb.js";

/** Shows the state of each image in the registry: READY, STALE, MISSING, ERROR or DEPRECATED, with the reason. */
export const statusVerb = defineVerb({
  usage: "status [images...]",
  description: "show the state of each image in the registry",
  options: {
    ...REF,
    ...REGISTRY_OPTIONS,
    only: list("--only <status...>", "only images that are READY, STALE, MISSING, ERROR or DEPRECATED"),
  },
  async run(context, options, names) {
    const { registryStatus } = await import("../app/plan/plan.js");
    const { statusText } = await import("../report/status-text.js");
    const images = await registryStatus(context, options, names);
    if (context.json) context.out(`${JSON.stringify({ images }, null, 2)}\n`);
    else context.out(statusText(images, { names, only: options.only }));
    return EXIT.done;
  },
});
