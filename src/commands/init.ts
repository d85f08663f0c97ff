import { relative } from "node:path";
import { EXIT } from "../exit.js";
import { defineVerb } from "./verb.js";

/** Starts a catalogue: two images, an approved list, roles, and schemas for editors. */
export const initVerb = defineVerb({
  usage: "init [dir]",
  description: "start a catalogue; overwrite nothing",
  isForNew: true,
  examples: [
    { command: "slipway init catalogue", says: "in a new directory" },
    { command: "slipway init", says: "in this directory" },
  ],
  options: {},
  async run(context, _options, name = ".") {
    const { startCatalogue } = await import("../app/author/author.js");
    const { initText } = await import("../report/init-text.js");
    const { directory, files } = await startCatalogue(context, name);
    if (context.json) context.out(`${JSON.stringify({ directory, files }, null, 2)}\n`);
    else context.out(initText(files, relative(process.cwd(), directory)));
    return EXIT.done;
  },
});
