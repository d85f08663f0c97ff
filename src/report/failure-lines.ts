import type { BuildFailure } from "../model/plan.js";
import { printable } from "./printable.js";

/**
 * The last lines of a failed build's log and the log's path, for below the message. The output of a build is untrusted: escape
 * sequences, or `::command::`, which GitHub Actions obeys at the start of a line.
 */
export const failureLines = ({ tail = [], log }: BuildFailure): readonly string[] => [
  ...tail.map((line) => `  | ${printable(line, "\t")}`),
  ...(log === undefined ? [] : [`  log: ${printable(log)}`]),
];
