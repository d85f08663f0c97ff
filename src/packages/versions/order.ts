/** Below zero: `a` comes first; zero: neither does. */
export type Order = (a: string, b: string) => number;

export const byText: Order = (a, b) => (a < b ? -1 : a > b ? 1 : 0);

/** Rows of decimal digits by their value, which may be larger than any number type. */
export const byValue: Order = (a, b) => {
  const [left, right] = [a.replace(/^0+/, ""), b.replace(/^0+/, "")];
  return left.length - right.length || byText(left, right);
};

/** Both lists end with a part that the order knows as the end, or are equally long. */
export function byParts<T>(a: readonly T[], b: readonly T[], order: (left: T, right: T) => number): number {
  for (let index = 0; index < Math.min(a.length, b.length); index += 1) {
    const found = order(a[index] as T, b[index] as T);
    if (found !== 0) return found;
  }
  return a.length - b.length;
}
