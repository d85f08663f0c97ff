import { plural } from "./text.js";

/** A part of a document that can be made smaller without becoming wrong. */
export interface Section {
  /** As the line about what was left out names it. */
  readonly name: string;
  readonly open: string;
  /** Each a line or more; they stand one below the other. */
  readonly items: readonly string[];
  readonly close: string;
  /** `rows`: items go from the end, `rest` says how many. `whole`: it is there or it is not. `fixed`: always there. */
  readonly shrink: "rows" | "whole" | "fixed";
  readonly rest?: (count: number) => string;
}

/** `rest` for rows of one thing each. */
export const moreRows = (one: string) => (count: number) => `\n\n… and ${plural(count, `more ${one}`)}`;

/** Both are kept: GitHub counts characters, and does not say which. */
export interface Limits {
  /** UTF-16 units. */
  readonly characters: number;
  /** Of UTF-8. */
  readonly bytes: number;
}

/** How many items are shown; null: not even what opens and closes it. */
type Shown = readonly (number | null)[];

/**
 * The sections as one text within the limits, an empty line between them. Sections go from the bottom, then rows from
 * the end of the first section that has any, then those of the others from the bottom. `leftOut` is the line that says so,
 * in front of the last section.
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

/** The largest number below `count` for which it is true; 0 where there is none. */
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
