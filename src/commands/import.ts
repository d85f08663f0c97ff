import { EXIT } from "../exit.js";
import { flag, list, textOption } from "./options.js";
import { defineVerb } from "./verb.js";

/** Converts image descriptions of other tools into definitions: all of them, or none. */
export const importVerb = defineVerb({
  usage: "import <files...>",
  description: "convert Dockerfiles and image descriptors into definitions",
  examples: [
    {
      command: "slipway import Dockerfile --name web --parent debian-hardened --dry-run",
      says: "show the definition that a Dockerfile becomes",
    },
    { command: "slipway import Dockerfile --name web --parent debian-hardened", says: "write it to images/web" },
  ],
  options: {
    name: textOption("--name <name>", "the image's name, if the file has none (default: the name of its folder)"),
    parent: textOption("--parent <name>", "the parent in the catalogue, instead of the one that the file names"),
    overrides: list("--overrides <file...>", "descriptors to merge over an image descriptor, in order"),
    update: flag("--update", "replace the definition of an image that is there; refuse a name that is not"),
    force: flag("--force", "replace existing files"),
    dryRun: flag("--dry-run", "show what would be written; write nothing"),
  },
  exclusive: [["--update", "--force"]],
  async run(context, options, files) {
    const { importFiles } = await import("../app/author/author.js");
    const { importJson, importText } = await import("../report/import-text.js");
    const result = await importFiles(context, options, files);
    const isDryRun = options.dryRun ?? false;
    context.out(context.json ? `${JSON.stringify(importJson(result), null, 2)}\n` : importText(result, isDryRun));
    return result.notes.some(({ severity }) => severity === "error") ? EXIT.rejected : EXIT.done;
  },
});
