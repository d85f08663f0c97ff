import { byParts, byText, byValue, type Order } from "./order.js";

/** Qualifiers of versions before a release, in order. */
const EARLY = ["alpha", "beta", "milestone", "rc", "snapshot"];
const SHORT: Readonly<Record<string, string>> = { a: "alpha", b: "beta", m: "milestone" };
const OTHER_NAMES: Readonly<Record<string, string>> = { cr: "rc", ga: "", final: "", release: "" };

interface Token {
  /** The order of two tokens in the same place. */
  readonly rank: number;
  readonly text: string;
}

const END: Token = { rank: EARLY.length, text: "" };
const [RELEASE, SERVICE_PACK, QUALIFIER, DASH_NUMBER, DOT_NUMBER] = [6, 7, 8, 9, 10];

/**
 * The order of Maven's POM reference ("Version Order Specification"), which is that of its ComparableVersion: zeros and empty
 * qualifiers at the end or before a hyphen do not count. A qualifier after a dot is treated as one after a hyphen.
 */
export const byMaven: Order = (a, b) =>
  byParts(tokens(a), tokens(b), (left, right) => left.rank - right.rank || order(left)(left.text, right.text));

const order = ({ rank }: Token): Order => (rank >= DASH_NUMBER ? byValue : byText);

function tokens(version: string): readonly Token[] {
  const result: Token[] = [];
  const drop = () => {
    while (result.length > 0 && isNothing(result.at(-1))) result.pop();
  };
  let separator = ".";
  for (const { text, isShort, before } of words(version.toLowerCase())) {
    separator = before ?? separator;
    const token = tokenOf(text, separator, isShort);
    // Every token except a number after a dot begins a new part.
    if (token.rank !== DOT_NUMBER) drop();
    result.push(token);
  }
  drop();
  return [...result, END];
}

const isNothing = (token: Token | undefined) =>
  token?.rank === RELEASE || (token !== undefined && token.rank >= DASH_NUMBER && /^0*$/.test(token.text));

/** Splits at dots, at hyphens, and between digits and letters, which counts as a hyphen. An empty part is a zero. */
function* words(text: string) {
  for (const [index, piece] of text.split(/(?=[.-])/).entries()) {
    const before = /^[.-]/.exec(piece)?.[0] ?? (index === 0 ? "." : "-");
    const rest = piece.replace(/^[.-]/, "");
    const parts = rest.match(/[0-9]+|[^0-9]+/g) ?? ["0"];
    for (const [place, part] of parts.entries())
      yield { text: part, isShort: place + 1 < parts.length, before: place === 0 ? before : "-" };
  }
}

function tokenOf(text: string, separator: string, isShort: boolean): Token {
  if (/^[0-9]/.test(text)) return { rank: separator === "." ? DOT_NUMBER : DASH_NUMBER, text };
  // `1a2` means 1-alpha-2; `1a` does not mean 1-alpha.
  const long = (isShort ? SHORT[text] : undefined) ?? text;
  const name = OTHER_NAMES[long] ?? long;
  if (name === "") return { rank: RELEASE, text: "" };
  if (name === "sp") return { rank: SERVICE_PACK, text: "" };
  const early = EARLY.indexOf(name);
  return early < 0 ? { rank: QUALIFIER, text: name } : { rank: early, text: "" };
}
