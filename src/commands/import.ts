import { EXIT } from "../exit.js";
import { flag, list, text } from "./options.js";
import { defineVerb } from "./verb.js";

/** Turns foreign descriptions of images into definitions of the catalogue: all of them, or none. */
export const importVerb = defineVerb({
  usage: "import <files...>",
  description: "turn foreign descriptions of images into definitions",
  options: {
    name: text("--name <name>", "the image's name, where the file says none (default: its folder's)"),
    parent: text("--parent <name>", "the image of the catalogue that it derives from, instead of what the file says"),
    overrides: list("--overrides <file...>", "descriptors that are merged over an image descriptor, in order"),
    force: flag("--force", "replace files that are there already"),
    dryRun: flag("--dry-run", "say what would be written, write nothing"),
  },
  async run(context, options, files) {
    const { importFiles } = await import("../app/author/author.js");
    const { importJson, importText } = await import("../report/import-text.js");
    const result = await importFiles(context, options, files);
    const isDryRun = options.dryRun ?? false;
    context.out(context.json ? `${JSON.stringify(importJson(result), null, 2)}\n` : importText(result, isDryRun));
    return result.notes.some(({ severity }) => severity === "error") ? EXIT.rejected : EXIT.done;
  },
});
