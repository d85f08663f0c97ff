import { byText, byValue, type Order } from "./order.js";

/** The order of RubyGems' Gem::Version: numbers and words; words come before numbers, and missing segments are zeros. */
export const byGem: Order = (a, b) => {
  const [left, right] = [segments(a), segments(b)];
  for (let index = 0; index < Math.max(left.length, right.length); index += 1) {
    const [one, two] = [left[index] ?? "0", right[index] ?? "0"];
    const [isOne, isTwo] = [isNumber(one), isNumber(two)];
    if (isOne !== isTwo) return isOne ? 1 : -1;
    const difference = isOne ? byValue(one, two) : byText(one, two);
    if (difference !== 0) return difference;
  }
  return 0;
};

function segments(version: string): readonly string[] {
  const all =
    version
      .trim()
      .replaceAll("-", ".pre.")
      .match(/[0-9]+|[A-Za-z]+/g) ?? [];
  const word = all.findIndex((segment) => !isNumber(segment));
  // 1.0.a equals 1.a: zeros count only before another number.
  return word < 0 ? all : [...withoutZeros(all.slice(0, word)), ...all.slice(word)];
}

function withoutZeros(segments: readonly string[]): readonly string[] {
  const last = segments.findLastIndex((segment) => !/^0+$/.test(segment));
  return segments.slice(0, last + 1);
}

const isNumber = (text: string) => /^[0-9]/.test(text);
