/** A list that may be too long to be shown. */
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

export const andMore = (count: number) => `and ${count} more`;

/** What is shown of a list, and words for the rest where there is one. */
export const withRest = (
  { shown, rest }: Cut<string>,
  words: (count: number) => string = andMore,
): readonly string[] => (rest > 0 ? [...shown, words(rest)] : shown);

/** The first words of a list in a sentence: `a, b and 3 more`. */
export function firstOf(words: readonly string[], most: number): string {
  const { shown, rest } = cut(words, most);
  return withRest({ shown: [shown.join(", ")], rest }).join(" ");
}
