import { byParts, byText, byValue, type Order } from "./order.js";

/** One part of a version; parts of different ranks compare by rank alone. */
interface Part {
  readonly rank: number;
  readonly value: string;
  readonly order: Order;
}

/*
 * As in version.c of apk-tools: if one version continues and the other does not, the longer one is later, except for a suffix of
 * something before a release.
 */
const EARLY = ["alpha", "beta", "pre", "rc"];
const LATE = ["cvs", "svn", "git", "hg", "p"];
const RANK = { early: 0, invalid: 1, end: 2, revision: 3, hash: 4, suffixNumber: 5, late: 6, letter: 7, number: 8 };

/** `1.2.3a_rc1~0123abc-r4` */
export const byApk: Order = (a, b) =>
  byParts(parts(a), parts(b), (left, right) => left.rank - right.rank || left.order(left.value, right.value));

/** A part with a leading zero is a fraction: 1.05 comes before 1.1. */
const byFraction: Order = (a, b) => (a.startsWith("0") || b.startsWith("0") ? byText(a, b) : byValue(a, b));
const bySuffix: Order = (a, b) => suffixes.indexOf(a) - suffixes.indexOf(b);
const suffixes = [...EARLY, ...LATE];

function parts(version: string): readonly Part[] {
  const result: Part[] = [];
  let rest = version;
  const take = (pattern: RegExp, rank: number, order: Order): string | undefined => {
    const [all, value = ""] = pattern.exec(rest) ?? [];
    if (all === undefined) return undefined;
    rest = rest.slice(all.length);
    result.push({ rank, value, order });
    return value;
  };
  // Text that does not begin with a number is no version.
  if (take(/^([0-9]+)/, RANK.number, byValue) === undefined) return [invalid(version)];
  while (take(/^\.([0-9]+)/, RANK.number, byFraction) !== undefined);
  take(/^([a-z])/, RANK.letter, byText);
  for (;;) {
    const [, suffix = ""] = /^_([a-z]+)/.exec(rest) ?? [];
    if (!suffixes.includes(suffix)) break;
    take(/^_([a-z]+)/, EARLY.includes(suffix) ? RANK.early : RANK.late, bySuffix);
    take(/^([0-9]+)/, RANK.suffixNumber, byValue);
  }
  take(/^~([0-9a-f]+)/, RANK.hash, byText);
  take(/^-r([0-9]+)/, RANK.revision, byValue);
  return [...result, rest === "" ? END : invalid(rest)];
}

const END: Part = { rank: RANK.end, value: "", order: byText };
const invalid = (value: string): Part => ({ rank: RANK.invalid, value, order: byText });
