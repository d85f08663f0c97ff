import { CommandError, EXIT } from "../exit.js";
import { openScanner } from "./open-scanner.js";
import { choice, FRESH, flag, ISOLATION, REF, REGISTRY_OPTIONS, textOption } from "./options.js";
import { defineVerb } from "./verb.js";

/** Describes the contents of an image in a document for other tools. */
export const sbomVerb = defineVerb({
  usage: "sbom <image>",
  description: "describe the contents of an image as CycloneDX or SPDX",
  examples: [
    { command: "slipway sbom nodejs-guestbook", says: "CycloneDX on standard output" },
    { command: "slipway sbom nodejs-guestbook --format spdx --out sbom.spdx.json", says: "SPDX in a file" },
  ],
  options: {
    ...REF,
    ...REGISTRY_OPTIONS,
    ...FRESH,
    ...ISOLATION,
    format: choice("--format <format>", 'cyclonedx or spdx (default: "cyclonedx")', ["cyclonedx", "spdx"]),
    files: flag("--files", "list every file, with its hash and what brought it"),
    out: textOption("--out <file>", "write it to a file instead of standard output"),
  },
  async run(context, options, name) {
    const { SBOM_FORMATS, sbomOf } = await import("../app/contents/contents.js");
    const { replaceFile } = await import("../system/replace-file.js");
    const wanted = options.format ?? "cyclonedx";
    const format = SBOM_FORMATS.find((known) => known === wanted);
    if (format === undefined)
      throw new CommandError(EXIT.usage, `no format ${JSON.stringify(wanted)}`, `one of ${SBOM_FORMATS.join(", ")}`);
    const document = await sbomOf(context, { ...options, format, openScanner }, name);
    if (options.out === undefined) context.out(document);
    else await replaceFile(options.out, document);
    return EXIT.done;
  },
});
