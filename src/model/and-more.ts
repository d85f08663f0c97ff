/** `and 3 more`, to put behind a list that is cut short; nothing where nothing is left out. */
export const andMore = (rest: number): readonly string[] => (rest > 0 ? [`and ${rest} more`] : []);

/** The first words of a list in a sentence: `a, b and 3 more`. */
export const firstOf = (words: readonly string[], most: number): string =>
  [words.slice(0, most).join(", "), ...andMore(words.length - most)].join(" ");
