import type { Diagnostic } from "../model/diagnostic.js";
import { diagnosticsJson } from "./diagnostics.js";
import { plural } from "./text.js";

/** The outcome of `slipway fmt` for one file. */
interface FormattedFile {
  readonly file: string;
  readonly status: "formatted" | "unchanged" | "rejected";
  readonly text: string;
  readonly diagnostics: readonly Diagnostic[];
}

/** The changed files, then the counts. With `check`, nothing was written. */
export function formatText(results: readonly FormattedFile[], check: boolean): string {
  const of = (wanted: FormattedFile["status"]) => results.filter(({ status }) => status === wanted);
  const changed = of("formatted").map(({ file }) => `${file}\n`);
  const words = [`${plural(changed.length, "file")} ${check ? "would change" : "formatted"}`];
  words.push(`${of("unchanged").length} unchanged`);
  const rejected = of("rejected").length;
  if (rejected > 0) words.push(`${rejected} left alone`);
  return `${changed.join("")}${words.join(", ")}.\n`;
}

export function formatJson(results: readonly FormattedFile[], withText: boolean) {
  const files = results.map(({ file, status, text }) => ({ file, status, ...(withText ? { text } : {}) }));
  return { files, ...diagnosticsJson(results.flatMap(({ diagnostics }) => diagnostics)) };
}
