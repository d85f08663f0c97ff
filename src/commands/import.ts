import { type ImportCommandOptions, importFiles } from "../app/author/author.js";
import type { Context } from "../context.js";
import { EXIT, type ExitCode } from "../exit.js";
import { importJson, importText } from "../report/import-text.js";

/** Turns foreign descriptions of images into definitions of the catalogue: all of them, or none. */
export async function run(
  context: Context,
  options: ImportCommandOptions,
  files: readonly string[],
): Promise<ExitCode> {
  const result = await importFiles(context, options, files);
  const isDryRun = options.dryRun ?? false;
  context.out(context.json ? `${JSON.stringify(importJson(result), null, 2)}\n` : importText(result, isDryRun));
  return result.notes.some(({ severity }) => severity === "error") ? EXIT.rejected : EXIT.done;
}
