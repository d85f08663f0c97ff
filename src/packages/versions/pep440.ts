import { byParts, byText, byValue, type Order } from "./order.js";

// The pattern of PEP 440, appendix B, without its names.
const VERSION =
  /^\s*v?(?:([0-9]+)!)?([0-9]+(?:\.[0-9]+)*)(?:[-_.]?(alpha|a|beta|b|preview|pre|c|rc)[-_.]?([0-9]+)?)?(?:-([0-9]+)|[-_.]?(post|rev|r)[-_.]?([0-9]+)?)?(?:[-_.]?(dev)[-_.]?([0-9]+)?)?(?:\+([a-z0-9]+(?:[-_.][a-z0-9]+)*))?\s*$/i;

interface Version {
  readonly epoch: string;
  readonly release: readonly string[];
  /** The parts after the release, in the order in which they decide: a rank, and a number for equal ranks. */
  readonly pre: Step;
  readonly post: Step;
  readonly dev: Step;
  readonly local: readonly string[] | undefined;
}

type Step = readonly [rank: number, number: string];

/** The order of PEP 440. Text that is no such version comes before all that are, ordered as text. */
export const byPep440: Order = (a, b) => {
  const [left, right] = [parse(a), parse(b)];
  if (left === undefined || right === undefined)
    return left === right ? byText(a, b) : Number(left !== undefined) - Number(right !== undefined);
  return (
    byValue(left.epoch, right.epoch) ||
    byParts(left.release, right.release, byValue) ||
    byStep(left.pre, right.pre) ||
    byStep(left.post, right.post) ||
    byStep(left.dev, right.dev) ||
    byLocal(left.local, right.local)
  );
};

const byStep = (a: Step, b: Step) => a[0] - b[0] || byValue(a[1], b[1]);

const PRE_RANKS: Readonly<Record<string, number>> = { a: 1, alpha: 1, b: 2, beta: 2, c: 3, rc: 3, pre: 3, preview: 3 };
const [BEFORE, AFTER] = [0, 4];

function parse(text: string): Version | undefined {
  const match = VERSION.exec(text);
  if (match === null) return undefined;
  const [, epoch = "0", release = "0", word, number = "0", bare, post, postNumber = "0", dev, devNumber = "0", local] =
    match;
  const isPost = bare !== undefined || post !== undefined;
  // 1.0.dev1 comes before 1.0a1; 1.0 after 1.0rc1.
  const without = !isPost && dev !== undefined ? BEFORE : AFTER;
  return {
    epoch,
    release: release.replace(/(?:\.0+)+$/, "").split("."),
    pre: word === undefined ? [without, "0"] : [PRE_RANKS[word.toLowerCase()] ?? AFTER, number],
    post: isPost ? [1, bare ?? postNumber] : [0, "0"],
    dev: dev === undefined ? [1, "0"] : [0, devNumber],
    local: local?.toLowerCase().split(/[-_.]/),
  };
}

/** Versions without a local part come first; numbers come after words. */
function byLocal(a: readonly string[] | undefined, b: readonly string[] | undefined): number {
  if (a === undefined || b === undefined) return Number(a !== undefined) - Number(b !== undefined);
  return byParts(a, b, (left, right) => {
    const [one, two] = [isNumber(left), isNumber(right)];
    if (one !== two) return one ? 1 : -1;
    return one ? byValue(left, right) : byText(left, right);
  });
}

const isNumber = (text: string) => /^[0-9]+$/.test(text);
