import { andMore } from "../model/first-of.js";

/** Columns of text, each as wide as its widest cell; the last is not padded. */
export function table(rows: readonly (readonly string[])[]): string {
  const columns = Math.max(0, ...rows.map((row) => row.length));
  const widths = Array.from({ length: columns }, (_, column) =>
    rows.reduce((width, row) => Math.max(width, row[column]?.length ?? 0), 0),
  );
  return rows
    .map((row) =>
      row.map((cell, index) => (index === row.length - 1 ? cell : cell.padEnd(widths[index] ?? 0))).join("  "),
    )
    .map((line) => `  ${line}`.trimEnd())
    .join("\n");
}

export const plural = (count: number, one: string, many = `${one}s`) => `${count} ${count === 1 ? one : many}`;

/** A list that is too long to be shown. */
export interface Cut<T> {
  readonly shown: readonly T[];
  /** How many are not shown. */
  readonly rest: number;
}

export function cut<T>(items: readonly T[], most: number): Cut<T> {
  return { shown: items.slice(0, most), rest: Math.max(0, items.length - most) };
}

/** As `cut`, but a single item too many is shown: words for it would take as much space. */
export const cutLoosely = <T>(items: readonly T[], most: number) =>
  cut(items, items.length === most + 1 ? items.length : most);

/** What is shown of a list, and words for the rest where there is one. */
export const withRest = (
  { shown, rest }: Cut<string>,
  words: (count: number) => string = andMore,
): readonly string[] => (rest > 0 ? [...shown, words(rest)] : shown);

/** Seconds as people say them. */
export function duration(seconds: number): string {
  if (seconds < 59.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  return `${Math.floor(whole / 60)} min ${String(whole % 60).padStart(2, "0")} s`;
}

/** Bytes in decimal units. */
export function size(bytes: number): string {
  if (bytes < 1e6) return `${Math.ceil(bytes / 1e3)} kB`;
  return bytes < 1e9 ? `${(bytes / 1e6).toFixed(1)} MB` : `${(bytes / 1e9).toFixed(2)} GB`;
}

/** Seconds as short as a table wants them: `0m41`, `2m10`. */
export function minutes(seconds: number): string {
  const whole = Math.round(seconds);
  return `${Math.floor(whole / 60)}m${String(whole % 60).padStart(2, "0")}`;
}

/** A difference of sizes with its sign; `same` where there is none. */
export function sizeChange(bytes: number): string {
  if (bytes === 0) return "same";
  return `${bytes > 0 ? "+" : "−"}${size(Math.abs(bytes))}`;
}
