/** Below zero: `a` comes first; zero: both are equal. */
export type Order = (a: string, b: string) => number;

export const byText: Order = (a, b) => (a < b ? -1 : a > b ? 1 : 0);

/** Compares decimal digits by value, which may exceed any number type. */
export const byValue: Order = (a, b) => {
  const [left, right] = [a.replace(/^0+/, ""), b.replace(/^0+/, "")];
  return left.length - right.length || byText(left, right);
};

/** Both lists must be equally long, or end with a part that marks the end for `order`. */
export function byParts<T>(a: readonly T[], b: readonly T[], order: (left: T, right: T) => number): number {
  for (let index = 0; index < Math.min(a.length, b.length); index += 1) {
    const difference = order(a[index] as T, b[index] as T);
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}
