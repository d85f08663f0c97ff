import type { Diagnostic } from "../model/diagnostic.js";
import { diagnosticsText } from "./diagnostics.js";
import { plural } from "./text.js";

/** Every problem, then the numbers of images, errors and warnings. */
export function validationText(diagnostics: readonly Diagnostic[], images: number): string {
  const errors = diagnostics.filter(({ severity }) => severity === "error").length;
  const warnings = diagnostics.length - errors;
  const parts = [
    ...(errors === 0 && warnings > 0 ? [] : [errors === 0 ? "no problems" : plural(errors, "problem")]),
    ...(warnings === 0 ? [] : [plural(warnings, "warning")]),
  ];
  const problems = diagnostics.length > 0 ? `${diagnosticsText(diagnostics)}\n` : "";
  return `${problems}${plural(images, "image")}, ${parts.join(", ")}.\n`;
}
