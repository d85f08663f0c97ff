import type { ImportNote, ImportResult } from "../model/import-note.js";
import { printable } from "./printable.js";
import { plural } from "./text.js";

/** The JSON of `import --json`; a note without a hint has no `hint`. */
export function importJson({ written, notes }: ImportResult): ImportResult {
  return {
    written: written.map(({ path }) => ({ path })),
    notes: notes.map(({ file, line, column, severity, message, hint }) => ({
      file,
      line,
      column,
      severity,
      message,
      ...(hint === undefined ? {} : { hint }),
    })),
  };
}

/** Each written path, then each note with its place, then a summary. */
export function importText({ written, notes }: ImportResult, isDryRun: boolean): string {
  const errors = notes.filter(({ severity }) => severity === "error").length;
  const warnings = notes.filter(({ severity }) => severity === "warning").length;
  const verb = isDryRun ? "would write" : "wrote";
  const paths = written.map(({ path }) => `${verb} ${printable(path)}`);
  const lines = [...paths, ...notes.map(noteText)];
  const lost = warnings === 0 ? "" : `, ${plural(warnings, "warning")}: see above`;
  const verdict =
    errors > 0
      ? `Nothing is written: ${plural(errors, "problem")}.`
      : `${isDryRun ? "Would write" : "Wrote"} ${plural(written.length, "file")}${lost}.`;
  return `${[...lines, verdict].join("\n")}\n`;
}

function noteText({ file, line, column, severity, message, hint }: ImportNote): string {
  const place = printable(file);
  // GitHub Actions obeys a line that begins with `::command::`, so no path may begin a line like that.
  const head = `${/^\s*::/.test(place) ? "./" : ""}${place}:${line}:${column}: ${severity}: ${printable(message)}`;
  return hint === undefined ? head : `${head}\nhint: ${printable(hint)}`;
}
