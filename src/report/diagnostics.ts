import type { Diagnostic } from "../model/diagnostic.js";
import type { ReportDiagnostic } from "../model/gate.js";
import { type Palette, PLAIN } from "./palette.js";
import { displayWidth, expandTabs, printable } from "./printable.js";

/** The JSON of `validate --json`; `hint` is null where there is none. */
export interface DiagnosticsDocument {
  readonly diagnostics: readonly ReportDiagnostic[];
}

export function diagnosticsJson(diagnostics: readonly Diagnostic[]): DiagnosticsDocument {
  return {
    diagnostics: diagnostics.map(({ code, severity, message, file, line, column, hint }) => ({
      code,
      severity,
      message,
      file,
      line,
      column,
      hint: hint ?? null,
    })),
  };
}

/** A diagnostic, also of a report that another machine wrote: any code may stand there. */
type PrintedDiagnostic = Omit<Diagnostic, "code"> & { readonly code: string };

/**
 * Diagnostics for a terminal, with an empty line between them and none at the end:
 *
 *     images/a/image.yaml:4:1: error unknown-key: unknown key `paernt`
 *       4 | paernt: x
 *         | ^
 *     hint: did you mean `parent`?
 */
export function diagnosticsText(diagnostics: readonly PrintedDiagnostic[], palette: Palette = PLAIN): string {
  return diagnostics.map((diagnostic) => diagnosticText(diagnostic, palette)).join("\n\n");
}

function diagnosticText(diagnostic: PrintedDiagnostic, palette: Palette): string {
  const { file, line, column, severity, code, message, hint } = diagnostic;
  const level = (severity === "error" ? palette.failure : palette.warning)(`${severity} ${code}:`);
  const place = `${pathInFront(file)}:${line}:${column}:`;
  const lines = [`${palette.strong(place)} ${level} ${printable(message)}`, ...excerptLines(diagnostic, palette)];
  if (hint !== undefined) lines.push(palette.faint(`hint: ${printable(hint)}`));
  return lines.join("\n");
}

/** GitHub Actions obeys a line that begins with `::command::`, so no path may begin a line like that. */
function pathInFront(file: string): string {
  const text = printable(file);
  return /^\s*::/.test(text) ? `./${text}` : text;
}

function excerptLines(
  { excerpt, excerptColumn, column, line, severity }: PrintedDiagnostic,
  palette: Palette,
): string[] {
  if (excerpt === undefined || excerpt.trim() === "") return [];
  // A position after the last character, where something is missing, is shown right after it.
  const before = excerpt.slice(0, Math.min((excerptColumn ?? column) - 1, excerpt.length));
  const number = String(line);
  const empty = " ".repeat(number.length);
  const indent = " ".repeat(displayWidth(expandTabs(printable(before, "\t"))));
  const caret = (severity === "error" ? palette.failure : palette.warning)("^");
  return [
    `${palette.faint(`  ${number} |`)} ${expandTabs(printable(excerpt, "\t"))}`,
    `${palette.faint(`  ${empty} |`)} ${indent}${caret}`,
  ];
}
