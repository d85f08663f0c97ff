import { loadChecked } from "../app/catalogue/catalogue.js";
import type { Context } from "../context.js";
import { CommandError, EXIT, type ExitCode } from "../exit.js";
import { GRAPH_FORMATS } from "../report/graph-formats.js";

/** The images and what they are built from. */
export async function run(
  context: Context,
  options: { readonly ref?: string; readonly format: string },
): Promise<ExitCode> {
  const format = GRAPH_FORMATS.get(context.json ? "json" : options.format);
  if (!format)
    throw new CommandError(
      EXIT.usage,
      `no format ${JSON.stringify(options.format)}`,
      `one of ${[...GRAPH_FORMATS.keys()].join(", ")}`,
    );
  const { graph } = await loadChecked(context, options.ref);
  context.out(format([...graph.nodes.values()]));
  return EXIT.done;
}
