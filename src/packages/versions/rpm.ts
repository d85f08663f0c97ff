import { byText, byValue, type Order } from "./order.js";

/** The order of rpm's rpmverCmp(): epoch, version, release. Versions without a release come before those with one. */
export const byRpm: Order = (a, b) => {
  const [left, right] = [parts(a), parts(b)];
  const difference = byValue(left.epoch, right.epoch) || bySegments(left.version, right.version);
  if (difference !== 0) return difference;
  if (left.release === undefined || right.release === undefined)
    return Number(left.release !== undefined) - Number(right.release !== undefined);
  return bySegments(left.release, right.release);
};

function parts(text: string) {
  const [, epoch = "0", rest = text] = /^([0-9]+):([\s\S]*)$/.exec(text) ?? [];
  const dash = rest.lastIndexOf("-");
  return dash < 0
    ? { epoch, version: rest, release: undefined }
    : { epoch, version: rest.slice(0, dash), release: rest.slice(dash + 1) };
}

/** The order of rpmvercmp(): runs of digits and of letters; other characters only separate, except `~` (earlier) and `^` (later). */
const bySegments: Order = (a, b) => {
  const [left, right] = [segments(a), segments(b)];
  for (let index = 0; ; index += 1) {
    const [one, two] = [left[index], right[index]];
    if (one === undefined && two === undefined) return 0;
    if (one === "~" || two === "~") {
      if (one !== two) return one === "~" ? -1 : 1;
      continue;
    }
    // `^` comes after the end and before anything else.
    if (one === undefined || two === undefined) return one === undefined ? -1 : 1;
    if (one === "^" || two === "^") {
      if (one !== two) return one === "^" ? -1 : 1;
      continue;
    }
    const difference = bySegment(one, two);
    if (difference !== 0) return difference;
  }
};

const segments = (text: string): readonly string[] => text.match(/[0-9]+|[A-Za-z]+|[~^]/g) ?? [];

const bySegment: Order = (one, two) => {
  const [isOne, isTwo] = [isNumber(one), isNumber(two)];
  if (isOne !== isTwo) return isOne ? 1 : -1;
  return isOne ? byValue(one, two) : byText(one, two);
};

const isNumber = (text: string) => /^[0-9]/.test(text);
