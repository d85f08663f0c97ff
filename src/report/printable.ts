/** Columns between tab stops in an excerpt: YAML is indented by two to four. */
const TAB_WIDTH = 4;

/** Control, format and private characters, lone surrogates: a terminal obeys some of them and shows nothing for others. */
const HIDDEN = /[\p{Cc}\p{Cf}\p{Co}\p{Cs}\u2028\u2029]/gu;
/** Characters that take no column: combining marks. */
const NO_WIDTH = /\p{M}/u;
/** East Asian Wide and Fullwidth (UAX #11), and emoji. */
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\u9fff\ua000-\ua4cf\ua960-\ua97c\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1b000}-\u{1b2ff}\u{20000}-\u{3fffd}]|\p{Emoji_Presentation}/u;

/** Untrusted text for a terminal: invisible characters are written as escapes (`\x1b`, `\n`, `\u202e`), except those to `keep`. */
export function printable(text: string, keep = ""): string {
  return text.replace(HIDDEN, (char) => (keep.includes(char) ? char : escaped(char)));
}

function escaped(char: string): string {
  if (char === "\n") return "\\n";
  if (char === "\t") return "\\t";
  if (char === "\r") return "\\r";
  const code = char.codePointAt(0) ?? 0;
  if (code <= 0xff) return `\\x${code.toString(16).padStart(2, "0")}`;
  return code <= 0xffff ? `\\u${code.toString(16).padStart(4, "0")}` : `\\u{${code.toString(16)}}`;
}

/** Replaces each tab by spaces up to the next stop, with wide characters counted as such. */
export function expandTabs(text: string): string {
  let result = "";
  for (const part of text.split(/(\t)/))
    result += part === "\t" ? " ".repeat(TAB_WIDTH - (displayWidth(result) % TAB_WIDTH)) : part;
  return result;
}

/** Columns of a terminal. */
export function displayWidth(text: string): number {
  let width = 0;
  for (const char of text) width += NO_WIDTH.test(char) ? 0 : WIDE.test(char) ? 2 : 1;
  return width;
}
