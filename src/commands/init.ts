import { relative } from "node:path";
import { EXIT } from "../exit.js";
import { defineVerb } from "./verb.js";

/** Starts a catalogue: two images, an approved list, roles, and the schemas that editors check them by. */
export const initVerb = defineVerb({
  usage: "init [dir]",
  description: "start a catalogue; nothing is overwritten",
  options: {},
  async run(context, _options, name = ".") {
    const { startCatalogue } = await import("../app/author/author.js");
    const { directory, files } = await startCatalogue(context, name);
    if (context.json) context.out(`${JSON.stringify({ directory, files }, null, 2)}\n`);
    else {
      const where = relative(process.cwd(), directory);
      const inside =
        where === "" ? [] : [`  cd ${/^[\w./-]+$/.test(where) ? where : `'${where.replaceAll("'", "'\\''")}'`}`];
      context.out([...files, "", "Next:", ...inside, ...NEXT, ""].join("\n"));
    }
    return EXIT.done;
  },
});

const NEXT = [
  "  put your teams or users into policies/roles.yaml",
  "  slipway validate    every problem of the catalogue",
  "  slipway plan        what a build would do",
  "  slipway build       build, test and publish",
];
