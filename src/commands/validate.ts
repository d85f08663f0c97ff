import { EXIT } from "../exit.js";
import { REF } from "./options.js";
import { defineVerb } from "./verb.js";

/** Lists every problem of the catalogue: shape, graph and policy. */
export const validateVerb = defineVerb({
  usage: "validate",
  description: "check every definition: shape, graph, policy",
  examples: [
    { command: "slipway validate", says: "every problem of the working tree, with its place and a hint" },
    { command: "slipway validate --ref HEAD", says: "the same for the last commit" },
  ],
  isPaged: true,
  options: REF,
  async run(context, { ref }) {
    const { load, requireImages } = await import("../app/catalogue/catalogue.js");
    const { diagnosticsJson } = await import("../report/diagnostics.js");
    const { validationText } = await import("../report/validation-text.js");
    const loaded = await load(context, ref);
    const { catalogue, diagnostics } = loaded;
    if (diagnostics.length === 0) requireImages(context, loaded);
    if (context.json) context.out(`${JSON.stringify(diagnosticsJson(diagnostics), null, 2)}\n`);
    else context.out(validationText(diagnostics, catalogue.images.size, context.colors.out));
    return diagnostics.some(({ severity }) => severity === "error") ? EXIT.rejected : EXIT.done;
  },
});
