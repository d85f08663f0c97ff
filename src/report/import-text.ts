import type { ImportNote, ImportResult } from "../model/import-note.js";
import { printable } from "./printable.js";
import { plural } from "./text.js";

/** The JSON of `import --json`; `hint` is there where there is one. */
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

/** Each path that was written, then each note at its place, then a line that sums up. */
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
  // GitHub Actions obeys a line that begins with `::command::`, so no file can be called that.
  const head = `${/^\s*::/.test(place) ? "./" : ""}${place}:${line}:${column}: ${severity}: ${printable(message)}`;
  return hint === undefined ? head : `${head}\nhint: ${printable(hint)}`;
}
