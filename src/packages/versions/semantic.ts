import semver from "semver";
import { byText, byValue, type Order } from "./order.js";

/**
 * The order of semantic versions, as loosely as advisories write them: a leading `v`, missing parts. Text that is none comes before
 * all that are, ordered as text.
 */
export const bySemver: Order = (a, b) => {
  const [left, right] = [parse(a), parse(b)];
  if (left === null || right === null)
    return left === right ? byText(a, b) : Number(left !== null) - Number(right !== null);
  return semver.compare(left, right);
};

function parse(text: string) {
  return semver.parse(
    text.trim().replace(/^([vV=]*[0-9]+)(\.[0-9]+)?(?=$|[-+])/, (_, major, minor = ".0") => `${major}${minor}.0`),
    {
      loose: true,
    },
  );
}

/** The order of NuGet: a fourth number, and words whose letter case does not matter. */
export const byNuget: Order = (a, b) => {
  const [left, right] = [fourth(a), fourth(b)];
  return bySemver(left.core, right.core) || byValue(left.number, right.number) || bySemver(left.rest, right.rest);
};

function fourth(text: string) {
  const lower = text.trim().toLowerCase();
  const [, core, number = "0", word = ""] = /^([0-9]+\.[0-9]+\.[0-9]+)(?:\.([0-9]+))?((?:[-+].*)?)$/.exec(lower) ?? [];
  if (core === undefined) return { core: lower, number: "0", rest: lower };
  return { core, number, rest: `${core}${word}` };
}
