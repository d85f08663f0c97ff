import type { LockedImage, LockedPackage } from "../../model/lock.js";
import { isSorted, LOCKED_PACKAGE_JSON, packageOrder, packageProblem } from "../../model/lock-syntax.js";

const PACKAGE = new RegExp(`      - ${LOCKED_PACKAGE_JSON}\\n`, "y");
/** Characters before and after a package's JSON. */
const [BEFORE, AFTER] = ["      - ".length, "\n".length];
const NO_PACKAGES = "    packages: []\n";
const PACKAGES = "    packages:\n";

/** A problem at a character of the text. */
export interface Flaw {
  readonly offset: number;
  readonly message: string;
}

export const isFlaw = (value: object): value is Flaw => "message" in value;

/** The part of an entry's text after `made-from`. */
interface Body {
  readonly body: number;
  readonly end: number;
  readonly madeFrom: string;
}

/** Checks an entry. Its form is that of `lockText` to the letter. */
export function readEntry(text: string, { body, end, madeFrom }: Body): LockedImage | Flaw {
  if (text.startsWith(NO_PACKAGES, body)) {
    const behind = body + NO_PACKAGES.length;
    return behind === end ? { madeFrom, packages: [] } : flawAt(text, behind, "nothing may stand here");
  }
  const start = body + PACKAGES.length;
  if (!text.startsWith(PACKAGES, body) || start === end) return flawAt(text, body, "`packages` must stand here");
  let last = "";
  for (let at = start; at < end; ) {
    const line = matchAt(PACKAGE, text, at);
    if (line === null) return flawAt(text, at, "this is not a package as `slipway lock` writes it");
    const [all, why = ""] = line;
    const json = all.slice(BEFORE, -AFTER);
    // Most packages have at most one reason: the slower check is for the others.
    if ((why.includes(",") && !isSorted(why.split(","))) || json.includes('"@')) {
      if (packageProblem(JSON.parse(json))) return packageFlaw(json, at + BEFORE);
    }
    const order = packageOrder(json);
    if (order === last) return { offset: at + BEFORE, message: "the package stands here again" };
    if (order < last) return { offset: at + BEFORE, message: "packages must be sorted" };
    last = order;
    at += all.length;
  }
  return new LockedEntry(madeFrom, text.slice(start, end));
}

/** The lines become objects only when they are needed. */
class LockedEntry implements LockedImage {
  #packages: readonly LockedPackage[] | undefined;
  constructor(
    readonly madeFrom: string,
    readonly lines: string,
  ) {}

  get packages(): readonly LockedPackage[] {
    this.#packages ??= this.lines
      .slice(0, -AFTER)
      .split("\n")
      .map((line) => JSON.parse(line.slice(BEFORE)) as LockedPackage);
    return this.#packages;
  }
}

export function matchAt(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(text);
}

/** What is wrong with the line at an offset; `otherwise` if nothing better is known. */
export function flawAt(text: string, at: number, otherwise: string): Flaw {
  const end = text.indexOf("\n", at);
  if (end < 0) return { offset: text.length, message: "the file ends in the middle" };
  const line = text.slice(at, end);
  const conflict = /^(?:<{7}|={7}|>{7}|\|{7})(?: |$)/.test(line);
  if (conflict) return { offset: at, message: "a merge conflict is not resolved here" };
  const special = /[\r\t]/.exec(line);
  if (special) return { offset: at + special.index, message: "the file holds neither tabs nor carriage returns" };
  const start = /^ {6}- (?=\{)/.exec(line)?.[0].length;
  if (start !== undefined) return packageFlaw(line.slice(start), at + start);
  return { offset: at + (/^ */.exec(line)?.[0].length ?? 0), message: otherwise };
}

function packageFlaw(json: string, offset: number): Flaw {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    return { offset, message: "this is not JSON" };
  }
  const flaw = packageProblem(value as object);
  if (flaw === undefined)
    return { offset, message: "the members of a package have one order, without spaces between them" };
  const { member, problem } = flaw;
  const at = json.indexOf(`"${member}":`);
  return { offset: offset + Math.max(at, 0), message: `\`${member}\` ${problem}` };
}
