import { stripVTControlCharacters } from "node:util";

/** Columns of text, which may be styled, each as wide as its widest cell or as `widths` says; the last one is not padded. */
export function table(rows: readonly (readonly string[])[], widths: readonly number[] = []): string {
  const columns = Math.max(0, ...rows.map((row) => row.length));
  const wide = Array.from({ length: columns }, (_, column) =>
    rows.reduce((width, row) => Math.max(width, widthOf(row[column] ?? "")), widths[column] ?? 0),
  );
  return rows
    .map((row) =>
      row.map((cell, index) => (index === row.length - 1 ? cell : padded(cell, wide[index] ?? 0))).join("  "),
    )
    .map((line) => `  ${line}`.trimEnd())
    .join("\n");
}

/** The least of a last column that is worth showing. */
const LEAST = 12;

/** A table whose last column is cut, or left out, where lines would be wider than the terminal; undefined: there is none. */
export function cutTable(rows: readonly (readonly string[])[], columns: number | undefined): string {
  if (columns === undefined) return table(rows);
  const last = Math.max(1, ...rows.map((row) => row.length)) - 1;
  const before = rows.map((row) => row.slice(0, last));
  const widths = before.flatMap((row) => row.map((cell, index) => ({ index, length: widthOf(cell) })));
  const taken = Array.from({ length: last }, (_, column) =>
    widths.reduce((width, { index, length }) => (index === column ? Math.max(width, length) : width), 0),
  );
  // The margin, the columns before, and two spaces after each of them.
  const room = columns - 2 - taken.reduce((sum, width) => sum + width + 2, 0);
  if (room < LEAST) return table(before);
  const cut = (cell: string) => (cell.length <= room ? cell : `${cell.slice(0, room - 1).trimEnd()}…`);
  return table(rows.map((row) => row.map((cell, index) => (index === last ? cut(cell) : cell))));
}

const padded = (cell: string, width: number) => `${cell}${" ".repeat(width - widthOf(cell))}`;

/** UTF-16 units without styles. */
const widthOf = (cell: string) => (cell.includes("\u001b") ? stripVTControlCharacters(cell) : cell).length;

export const plural = (count: number, one: string, many = `${one}s`) => `${count} ${count === 1 ? one : many}`;

/** A line about images whose contents are not known; no line without such images. */
export const unknownContents = (images: readonly string[]): readonly string[] =>
  images.length > 0 ? [`Contents unknown, neither built nor in slipway.lock: ${images.join(", ")}`] : [];

/** Seconds for people: `4.2 s`, `2 min 05 s`. */
export function duration(seconds: number): string {
  if (seconds < 59.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  return `${Math.floor(whole / 60)} min ${String(whole % 60).padStart(2, "0")} s`;
}

/** Whole seconds of something that goes on: `4 s`, `2 min 05 s`. */
export const elapsed = (seconds: number) => (seconds < 60 ? `${Math.floor(seconds)} s` : duration(Math.floor(seconds)));

/** Seconds that are not known well: `25 s`, `4 min`, `3 h`. */
export function roughly(seconds: number): string {
  if (seconds < 60) return `${Math.ceil(seconds)} s`;
  return seconds < 7200 ? `${Math.round(seconds / 60)} min` : `${Math.round(seconds / 3600)} h`;
}

/** Bytes in decimal units. */
export function size(bytes: number): string {
  if (bytes < 1e6) return `${Math.ceil(bytes / 1e3)} kB`;
  return bytes < 1e9 ? `${(bytes / 1e6).toFixed(1)} MB` : `${(bytes / 1e9).toFixed(2)} GB`;
}

/** Seconds in a short form for tables: `0m41`, `2m10`. */
export function minutes(seconds: number): string {
  const whole = Math.round(seconds);
  return `${Math.floor(whole / 60)}m${String(whole % 60).padStart(2, "0")}`;
}

/** A difference in size with its sign; `same` for none. */
export function sizeChange(bytes: number): string {
  if (bytes === 0) return "same";
  return `${bytes > 0 ? "+" : "−"}${size(Math.abs(bytes))}`;
}
