/** Stands for the rest of a list that is cut short. */
export const andMore = (count: number) => `and ${count} more`;

/** The first words of a list in a sentence: `a, b and 3 more`. */
export const firstOf = (words: readonly string[], most: number): string => {
  const rest = words.length - most;
  return [words.slice(0, most).join(", "), ...(rest > 0 ? [andMore(rest)] : [])].join(" ");
};
