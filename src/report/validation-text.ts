import type { Diagnostic } from "../model/diagnostic.js";
import { diagnosticsText } from "./diagnostics.js";
import { type Palette, PLAIN } from "./palette.js";
import { plural } from "./text.js";

/** Every problem, then the numbers of images, errors and warnings. */
export function validationText(diagnostics: readonly Diagnostic[], images: number, palette: Palette = PLAIN): string {
  const errors = diagnostics.filter(({ severity }) => severity === "error").length;
  const warnings = diagnostics.length - errors;
  const parts = [
    ...(errors === 0 && warnings > 0
      ? []
      : [errors === 0 ? palette.success("no problems") : palette.failure(plural(errors, "problem"))]),
    ...(warnings === 0 ? [] : [palette.warning(plural(warnings, "warning"))]),
  ];
  const problems = diagnostics.length > 0 ? `${diagnosticsText(diagnostics, palette)}\n` : "";
  return `${problems}${plural(images, "image")}, ${parts.join(", ")}.\n`;
}
