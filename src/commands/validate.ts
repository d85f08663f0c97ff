import { load } from "../app/catalogue/catalogue.js";
import type { Context } from "../context.js";
import { EXIT, type ExitCode } from "../exit.js";
import { diagnosticsJson, diagnosticsText } from "../report/diagnostics.js";
import { plural } from "../report/text.js";

/** Every problem of the catalogue: shape, graph and policy. */
export async function run(context: Context, options: { readonly ref?: string }): Promise<ExitCode> {
  const { catalogue, diagnostics } = await load(context, options.ref);
  const errors = diagnostics.filter(({ severity }) => severity === "error").length;
  if (context.json) context.out(`${JSON.stringify(diagnosticsJson(diagnostics), null, 2)}\n`);
  else {
    if (diagnostics.length > 0) context.out(`${diagnosticsText(diagnostics)}\n`);
    const verdict = errors === 0 ? "no problems" : plural(errors, "problem");
    context.out(`${plural(catalogue.images.size, "image")}, ${verdict}.\n`);
  }
  return errors === 0 ? EXIT.done : EXIT.rejected;
}
