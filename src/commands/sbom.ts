import { SBOM_FORMATS, type SbomOptions, sbomOf } from "../app/contents/contents.js";
import type { Context } from "../context.js";
import { CommandError, EXIT, type ExitCode } from "../exit.js";
import { writeWhole } from "../system/write-whole.js";
import { openScanner } from "./open-scanner.js";

/** What is in an image, as a document for other tools. */
export async function run(
  context: Context,
  options: Omit<SbomOptions, "format" | "openScanner"> & { readonly format: string; readonly out?: string },
  name: string,
): Promise<ExitCode> {
  const format = SBOM_FORMATS.find((known) => known === options.format);
  if (format === undefined)
    throw new CommandError(
      EXIT.usage,
      `no format ${JSON.stringify(options.format)}`,
      `one of ${SBOM_FORMATS.join(", ")}`,
    );
  const text = await sbomOf(context, { ...options, format, openScanner }, name);
  if (options.out === undefined) context.out(text);
  else await writeWhole(options.out, text);
  return EXIT.done;
}
