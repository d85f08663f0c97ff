import type { PackageType } from "../model/inventory.js";
import { wildcardMatches } from "../model/wildcard.js";

type Compare = (type: PackageType, a: string, b: string) => number;

/** A set of versions: those that meet all conditions of `>=4.0.0 <4.17.21`, the pattern `2.*`, or exactly `1.2.3`. */
export interface VersionRange {
  holds(type: PackageType, version: string, compare: Compare): boolean;
}

const CONDITION = /^(<=|>=|==|!=|<|>|=)?\s*(\S+)$/;

/** undefined: the text is no range. */
export function parseRange(text: string): VersionRange | undefined {
  const parts = text
    .trim()
    .replace(/([<>=!])\s+/g, "$1")
    .split(/[\s,]+/);
  const conditions = parts.map((part) => {
    const [, operator = "=", version] = CONDITION.exec(part) ?? [];
    // Two operators in a row, or one in the middle, are a typing mistake and no version.
    return version === undefined || /[<>=]/.test(version) ? undefined : { operator, version };
  });
  if (!conditions.every((condition) => condition !== undefined)) return undefined;
  return {
    holds: (type, version, compare) =>
      conditions.every((condition) => holds(condition, version, (a, b) => compare(type, a, b))),
  };
}

function holds(
  { operator, version: wanted }: { readonly operator: string; readonly version: string },
  version: string,
  compare: (a: string, b: string) => number,
): boolean {
  if (operator === "<") return compare(version, wanted) < 0;
  if (operator === "<=") return compare(version, wanted) <= 0;
  if (operator === ">") return compare(version, wanted) > 0;
  if (operator === ">=") return compare(version, wanted) >= 0;
  const isSame = wanted.includes("*") ? wildcardMatches(wanted, version) : compare(version, wanted) === 0;
  return operator === "!=" ? !isSame : isSame;
}
