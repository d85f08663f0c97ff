import { CommandError, EXIT } from "../exit.js";
import { choice, REF } from "./options.js";
import { defineVerb } from "./verb.js";

/** Shows the images and what they are built from. */
export const graphVerb = defineVerb({
  usage: "graph",
  description: "show the images and what they are built from",
  examples: [
    { command: "slipway graph", says: "a tree on the terminal" },
    {
      command: "slipway graph --format svg > images.svg",
      says: "a drawing; mermaid and dot are for pages and other tools",
    },
  ],
  isPaged: true,
  options: {
    ...REF,
    format: choice("--format <format>", 'text, json, mermaid, dot or svg (default: "text")', async () => [
      ...(await import("../report/graph-formats.js")).GRAPH_FORMATS.keys(),
    ]),
  },
  async run(context, { ref, format: name = "text" }) {
    const { GRAPH_FORMATS } = await import("../report/graph-formats.js");
    const format = GRAPH_FORMATS.get(context.json ? "json" : name);
    if (!format)
      throw new CommandError(
        EXIT.usage,
        `no format ${JSON.stringify(name)}`,
        `one of ${[...GRAPH_FORMATS.keys()].join(", ")}`,
      );
    const { loadChecked } = await import("../app/catalogue/catalogue.js");
    const { graph } = await loadChecked(context, ref);
    context.out(format([...graph.nodes.values()]));
    return EXIT.done;
  },
});
