import type { Info } from "spdx-expression-parse";
import { classifierLicense, type NamedLicense, namedLicense } from "./license-names.js";
import { loadedSpdx } from "./spdx.js";

/** A licence expression. `unknown`: words that are no known licence, with a guess where there is one. */
export type License =
  | { readonly type: "license"; readonly id: string; readonly exception?: string }
  | { readonly type: "unknown"; readonly words: string; readonly guess?: string }
  | { readonly type: "and" | "or"; readonly parts: readonly License[] };

/** Reads what a package, or somebody on its behalf, states as its licence. Never throws: unreadable text is unknown. */
export function readLicense(text: string): License {
  return readExpression(text) ?? readLegacy(text.trim());
}

/** Reads an SPDX expression as written; undefined: the text is none. */
export function readExpression(text: string): License | undefined {
  const tree = parsed(text);
  return tree && licenseOf(tree, []);
}

function parsed(text: string): Info | undefined {
  const { parse } = loadedSpdx();
  try {
    return parse(text);
  } catch {
    return undefined;
  }
}

/** Replaces words that SPDX does not know while its parser reads those around them. */
const PLACEHOLDER = "LicenseRef-slipway.unknown.";

function licenseOf(info: Info, unknown: readonly License[]): License {
  if ("conjunction" in info) {
    const { conjunction, left, right } = info;
    return { type: conjunction, parts: [licenseOf(left, unknown), licenseOf(right, unknown)] };
  }
  const { license, exception } = info;
  const replaced = license.startsWith(PLACEHOLDER) ? unknown[Number(license.slice(PLACEHOLDER.length))] : undefined;
  if (replaced !== undefined) return replaced;
  const id = canonicalId(license, "plus" in info && info.plus === true);
  return { type: "license", id, ...(exception === undefined ? {} : { exception }) };
}

/** The present identifiers of GNU's licences say what a bare version or `+` meant before SPDX 3.0 of the list. */
export function canonicalId(id: string, plus = false): string {
  if (!/^(?:[AL]?GPL|GFDL)-[0-9]\.[0-9]$/.test(id)) return plus ? `${id}+` : id;
  return `${id}-${plus ? "or-later" : "only"}`;
}

/** Reads names of Debian, Fedora or Python joined by words; a comma before such a word binds least (copyright-format). */
function readLegacy(text: string): License {
  const whole =
    classifierLicense(text) ?? (/\b(?:and|or|with)\b|[(),/&|;]/i.test(text) ? undefined : namedLicense(text));
  if (whole !== undefined) return asLicense(whole, text);
  const unknown: License[] = [];
  const words = grouped(text)
    .split(/([()]|,|;|&|\||\/|\s(?:and\/or|and|or)\s)/i)
    .map((part) => part.trim())
    .filter((part) => part !== "");
  const expression = words.map((part) => asWords(part, unknown)).join(" ");
  const tree = parsed(expression);
  return tree === undefined ? { type: "unknown", words: text } : licenseOf(tree, unknown);
}

const grouped = (text: string) => {
  const parts = text.split(/,\s+(and|or)\s+/i);
  return parts.length === 1 ? text : parts.map((part, index) => (index % 2 === 1 ? ` ${part} ` : `(${part})`)).join("");
};

/** A name or a word between names, as SPDX writes it. Where the text does not say whether both or either apply, both do. */
function asWords(part: string, unknown: License[]): string {
  if (part === "(" || part === ")") return part;
  if (/^or$/i.test(part)) return "OR";
  if (/^(?:and\/or|and|,|;|&|\||\/)$/i.test(part)) return "AND";
  if (parsed(part) !== undefined) return part;
  const named = namedLicense(part);
  const match = named?.isGuess === false ? named : (withoutException(part) ?? named);
  if (match !== undefined && !match.isGuess) return match.id;
  unknown.push({ type: "unknown", words: part, ...(match === undefined ? {} : { guess: match.id }) });
  return PLACEHOLDER + (unknown.length - 1);
}

/** An exception that SPDX does not know only adds permissions, so the licence is judged without it. */
function withoutException(part: string): NamedLicense | undefined {
  const [name = "", exception = ""] = part.split(/\s+with\s+/i);
  if (exception === "") return undefined;
  const license = parsed(name) === undefined ? namedLicense(name) : { id: name, isGuess: false };
  if (license === undefined || license.isGuess) return license;
  const full = `${license.id} WITH ${exception}`;
  if (parsed(full) !== undefined) return { id: full, isGuess: false };
  return /exception/i.test(exception) ? license : undefined;
}

const asLicense = ({ id, isGuess }: NamedLicense, words: string): License => {
  const known = isGuess ? undefined : readExpression(id);
  return known ?? { type: "unknown", words, guess: id };
};
