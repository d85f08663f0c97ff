import type { Diagnostic } from "../model/diagnostic.js";
import { diagnosticsText } from "./diagnostics.js";
import { plural } from "./text.js";

/** Every problem, then the numbers of images and errors. */
export function validationText(diagnostics: readonly Diagnostic[], images: number): string {
  const errors = diagnostics.filter(({ severity }) => severity === "error").length;
  const verdict = errors === 0 ? "no problems" : plural(errors, "problem");
  const problems = diagnostics.length > 0 ? `${diagnosticsText(diagnostics)}\n` : "";
  return `${problems}${plural(images, "image")}, ${verdict}.\n`;
}
