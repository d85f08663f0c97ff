import type { Palette } from "./palette.js";
import { printable } from "./printable.js";
import { plural } from "./text.js";

/** A line of an image's log among those of others: `name | line`. */
export const logLine = (name: string, line: string, palette: Palette) =>
  `${palette.image(name)} ${palette.faint("|")} ${printable(line, "\t")}\n`;

/** A log by itself; of a long one the last `most` lines. */
export function logText(lines: readonly string[], most: number): string {
  const left = lines.length - most;
  const before = left > 0 ? [`… ${plural(left, "line")} left out`] : [];
  return [...before, ...lines.slice(-most)].map((line) => `${printable(line, "\t")}\n`).join("");
}
