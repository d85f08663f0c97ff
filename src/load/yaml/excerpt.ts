/** UTF-16 units kept of a source line: as many as fit beside a gutter on a wide terminal. */
const MAX_LENGTH = 160;
/** The number of them before the column. */
const BEFORE = 80;

export interface Excerpt {
  readonly excerpt: string;
  readonly excerptColumn?: number;
}

/** The part of a line around a column (from 1), safe to print as it is. Tabs are kept. */
export function excerptOf(line: string, column: number): Excerpt {
  const text = line.replace(/[\r\n]+$/, "");
  if (text.length <= MAX_LENGTH) return { excerpt: visible(text) };
  const wanted = Math.max(0, Math.min(column - 1 - BEFORE, text.length - MAX_LENGTH));
  const start = splitsPair(text, wanted) ? wanted - 1 : wanted;
  const end = Math.min(text.length, start + MAX_LENGTH);
  const cut = text.slice(start, splitsPair(text, end) ? end + 1 : end);
  const before = start > 0 ? "…" : "";
  const excerpt = `${before}${visible(cut)}${end < text.length ? "…" : ""}`;
  return { excerpt, excerptColumn: column - start + before.length };
}

function splitsPair(text: string, at: number): boolean {
  const unit = text.charCodeAt(at);
  return at > 0 && unit >= 0xdc00 && unit <= 0xdfff;
}

/** Replaces control and format characters by as many UTF-16 units, so that columns stay the same. */
function visible(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, (char) => {
    if (char === "\t") return char;
    const code = char.charCodeAt(0);
    return code < 0x20 ? String.fromCharCode(0x2400 + code) : "\ufffd".repeat(char.length);
  });
}
