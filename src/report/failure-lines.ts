import type { BuildFailure } from "../model/plan.js";
import { type Palette, PLAIN } from "./palette.js";
import { printable } from "./printable.js";

/**
 * The last lines of a failed build's log and the log's path, for below the message. The output of a build is untrusted: escape
 * sequences, or `::command::`, which GitHub Actions obeys at the start of a line.
 */
export const failureLines = ({ tail = [], log }: BuildFailure, palette: Palette = PLAIN): readonly string[] => [
  ...tail.map((line) => `  ${palette.faint("|")} ${printable(line, "\t")}`),
  ...(log === undefined ? [] : [`  ${palette.faint("log:")} ${palette.link(printable(log), log)}`]),
];
