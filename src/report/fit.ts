import { plural } from "./text.js";

/** A part of a document that can be made smaller without becoming wrong. */
export interface Section {
  /** The name in the line about what was left out. */
  readonly name: string;
  readonly open: string;
  /** Each is one or more lines; they are joined by line breaks. */
  readonly items: readonly string[];
  readonly close: string;
  /** `rows`: items are dropped from the end, and `rest` says how many. `whole`: all or nothing. `fixed`: always complete. */
  readonly shrink: "rows" | "whole" | "fixed";
  readonly rest?: (count: number) => string;
}

/** `rest` for items that are one thing each. */
export const moreRows = (one: string) => (count: number) => `\n\n… and ${plural(count, `more ${one}`)}`;

/** Both are respected: GitHub limits characters, and does not say how it counts them. */
export interface Limits {
  /** UTF-16 units. */
  readonly characters: number;
  /** Of UTF-8. */
  readonly bytes: number;
}

/** The number of items shown of each section; null: the section is left out. */
type Shown = readonly (number | null)[];

/**
 * Joins the sections to one text within the limits, with empty lines between them. First whole sections are left out, from the
 * bottom; then rows from the end of the first section with rows; then rows of the others, from the bottom. `leftOut` gives the line
 * that says so, which precedes the last section.
 */
export function fit(
  sections: readonly Section[],
  limits: Limits,
  leftOut: (names: readonly string[]) => string,
): string {
  const filled = sections.filter(({ items }) => items.length > 0);
  let shown: Shown = filled.map(({ items }) => items.length);
  const text = (attempt: Shown) => render(filled, attempt, leftOut);
  const fits = (attempt: Shown) => within(text(attempt), limits);
  for (const index of wholes(filled)) {
    if (fits(shown)) return text(shown);
    shown = shown.with(index, null);
  }
  for (const index of shrinking(filled)) {
    if (fits(shown)) break;
    shown = shown.with(
      index,
      most(shown[index] ?? 0, (count) => fits(shown.with(index, count))),
    );
  }
  return text(shown);
}

function render(sections: readonly Section[], shown: Shown, leftOut: (names: readonly string[]) => string): string {
  const blocks = sections.flatMap((section, index) => {
    const count = shown[index] ?? null;
    if (count === null) return [];
    const { open, items, close, rest } = section;
    const gap = items.length - count;
    return [open + items.slice(0, count).join("\n") + (gap > 0 ? (rest?.(gap) ?? "") : "") + close];
  });
  const names = sections.filter((_, index) => shown[index] === null).map(({ name }) => name);
  const cut = names.length > 0 || sections.some(({ items }, index) => (shown[index] ?? 0) < items.length);
  return [...blocks.slice(0, -1), ...(cut ? [leftOut(names)] : []), ...blocks.slice(-1)].join("\n\n");
}

const wholes = (sections: readonly Section[]) => indexes(sections, ({ shrink }) => shrink === "whole").reverse();

function shrinking(sections: readonly Section[]): number[] {
  const [first, ...others] = indexes(sections, ({ shrink }) => shrink === "rows");
  return first === undefined ? [] : [first, ...others.reverse()];
}

const indexes = (sections: readonly Section[], wanted: (section: Section) => boolean) =>
  sections.flatMap((section, index) => (wanted(section) ? [index] : []));

/** The largest number below `count` that fits; 0 if none does. */
function most(count: number, fits: (count: number) => boolean): number {
  let [low, high] = [0, count];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (fits(middle)) low = middle;
    else high = middle;
  }
  return low;
}

function within(text: string, { characters, bytes }: Limits): boolean {
  return text.length <= characters && Buffer.byteLength(text) <= bytes;
}
