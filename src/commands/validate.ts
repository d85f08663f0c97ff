import { EXIT } from "../exit.js";
import { REF } from "./options.js";
import { defineVerb } from "./verb.js";

/** Every problem of the catalogue: shape, graph and policy. */
export const validateVerb = defineVerb({
  usage: "validate",
  description: "check every definition: shape, graph, policy",
  options: REF,
  async run(context, { ref }) {
    const { load } = await import("../app/catalogue/catalogue.js");
    const { diagnosticsJson, diagnosticsText } = await import("../report/diagnostics.js");
    const { plural } = await import("../report/text.js");
    const { catalogue, diagnostics } = await load(context, ref);
    const errors = diagnostics.filter(({ severity }) => severity === "error").length;
    if (context.json) context.out(`${JSON.stringify(diagnosticsJson(diagnostics), null, 2)}\n`);
    else {
      if (diagnostics.length > 0) context.out(`${diagnosticsText(diagnostics)}\n`);
      const verdict = errors === 0 ? "no problems" : plural(errors, "problem");
      context.out(`${plural(catalogue.images.size, "image")}, ${verdict}.\n`);
    }
    return errors === 0 ? EXIT.done : EXIT.rejected;
  },
});
