/** The result of expanding a word of a Dockerfile. */
export interface ExpandedWord {
  readonly text: string;
  /** Variables that have no value here, and forms of reference that are not known. */
  readonly missing: readonly string[];
}

const REFERENCE = /\$(?:([A-Za-z_][A-Za-z0-9_]*)|\{([A-Za-z_][A-Za-z0-9_]*)(?:(:?[-+])([^{}]*))?\})/y;

export type Lookup = (name: string) => string | undefined;

/**
 * Removes quotes and replaces variables, as Docker does for everything but commands (Dockerfile reference,
 * environment replacement): `$x`, `${x}`, `${x:-word}`, `${x:+word}`; nothing in single quotes; `\$` is a dollar.
 */
export function expandWord(word: string, lookup: Lookup, escapeChar = "\\"): ExpandedWord {
  const missing: string[] = [];
  let text = "";
  let quote = "";
  for (let at = 0; at < word.length; at++) {
    const char = word.charAt(at);
    if (quote === "'") {
      if (char === "'") quote = "";
      else text += char;
    } else if (char === escapeChar && at + 1 < word.length) {
      at++;
      const next = word.charAt(at);
      text += quote === '"' && next !== '"' && next !== "$" && next !== escapeChar ? char + next : next;
    } else if (char === '"') quote = quote === "" ? '"' : "";
    else if (char === "'" && quote === "") quote = "'";
    else if (char === "$") {
      REFERENCE.lastIndex = at;
      const reference = REFERENCE.exec(word);
      if (reference === null) {
        // `$` alone is itself; other forms of `${…}` mean nothing here.
        if (word.charAt(at + 1) === "{") missing.push(word.slice(at, at + 20));
        text += char;
      } else {
        text += referenced(reference, { lookup, missing, escapeChar });
        at += reference[0].length - 1;
      }
    } else text += char;
  }
  return { text, missing };
}

interface Expanding {
  readonly lookup: Lookup;
  readonly missing: string[];
  readonly escapeChar: string;
}

function referenced(
  [all, plain, braced, operator, word = ""]: RegExpExecArray,
  { lookup, missing, escapeChar }: Expanding,
): string {
  const name = plain ?? braced ?? "";
  const value = lookup(name);
  const isSet = value !== undefined && !(operator?.startsWith(":") && value === "");
  if (operator === undefined) {
    if (value === undefined) missing.push(all);
    return value ?? "";
  }
  if (operator.endsWith("+") ? !isSet : isSet) return operator.endsWith("+") ? "" : (value ?? "");
  const other = expandWord(word, lookup, escapeChar);
  missing.push(...other.missing);
  return other.text;
}

/** Splits at white space that is neither quoted nor escaped, and keeps quotes. */
export function splitWords(text: string, escapeChar = "\\"): string[] {
  const words: string[] = [];
  let word = "";
  let quote = "";
  for (let at = 0; at < text.length; at++) {
    const char = text.charAt(at);
    if (char === escapeChar && quote !== "'" && at + 1 < text.length) {
      at++;
      word += char + text.charAt(at);
    } else if (quote !== "") {
      word += char;
      if (char === quote) quote = "";
    } else if (/\s/.test(char)) {
      if (word !== "") words.push(word);
      word = "";
    } else {
      if (char === '"' || char === "'") quote = char;
      word += char;
    }
  }
  return word === "" ? words : [...words, word];
}

/** The words of the JSON form; undefined: it is not JSON, and Docker takes it for the shell form. */
export function jsonWords(text: string): string[] | undefined {
  if (!text.trimStart().startsWith("[")) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) && value.every((word) => typeof word === "string") ? value : undefined;
  } catch {
    return undefined;
  }
}
