import type { PolicyTestResult } from "../model/policies.js";
import { type DiagnosticsDocument, diagnosticsJson, diagnosticsText } from "./diagnostics.js";
import { type Palette, PLAIN } from "./palette.js";
import { printable } from "./printable.js";
import { plural } from "./text.js";

/** One line per test; below a failed one what was expected, what was found, and why. */
export function policyTestsText(results: readonly PolicyTestResult[], palette: Palette = PLAIN): string {
  const failed = results.filter(({ ok }) => !ok).length;
  const verdict = failed === 0 ? palette.success("all as expected") : palette.failure(`${failed} not as expected`);
  const lines = results.map((result) => resultText(result, palette));
  return `${lines.join("")}${plural(results.length, "test")}, ${verdict}.\n`;
}

function resultText({ test, ok, rejected, warned, diagnostics }: PolicyTestResult, palette: Palette): string {
  const { name, expect, warn, source, pointer } = test;
  if (ok) return `${palette.success("ok")}      ${printable(name)}\n`;
  const { file, line, column } = source.at(pointer);
  const lines = [
    `${palette.failure("not ok")}  ${printable(name)}`,
    `        ${printable(file)}:${line}:${column}`,
    `        expected ${verdict(expect, warn)}`,
    `        found    ${verdict(rejected, warn === undefined ? undefined : warned)}`,
    ...(diagnostics.length === 0 ? [] : ["", indented(diagnosticsText(diagnostics, palette)), ""]),
  ];
  return `${lines.join("\n")}\n`;
}

const indented = (text: string) => text.replace(/^(?=.)/gm, "        ");

function verdict(errors: readonly string[], warnings: readonly string[] | undefined): string {
  const words = errors.length === 0 ? "allowed" : errors.join(", ");
  if (warnings === undefined) return words;
  return `${words}; ${warnings.length === 0 ? "no warnings" : `warnings: ${warnings.join(", ")}`}`;
}

interface PolicyTestsDocument {
  readonly tests: readonly ({
    readonly name: string;
    readonly file: string;
    readonly line: number;
    readonly ok: boolean;
    readonly expected: readonly string[];
    readonly found: readonly string[];
    /** null: the test has no expectation. */
    readonly expectedWarnings: readonly string[] | null;
    readonly warnings: readonly string[];
  } & DiagnosticsDocument)[];
}

export function policyTestsJson(results: readonly PolicyTestResult[]): PolicyTestsDocument {
  return {
    tests: results.map(({ test, ok, rejected, warned, diagnostics }) => {
      const { file, line } = test.source.at(test.pointer);
      return {
        name: test.name,
        file,
        line,
        ok,
        expected: test.expect,
        found: rejected,
        expectedWarnings: test.warn ?? null,
        warnings: warned,
        ...diagnosticsJson(diagnostics),
      };
    }),
  };
}
