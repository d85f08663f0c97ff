import { byValue, type Order } from "./order.js";

/** deb-version(7), and verrevcmp() of dpkg: epoch, upstream version, revision. */
export const byDebian: Order = (a, b) => {
  const [left, right] = [parts(a), parts(b)];
  return (
    byValue(left.epoch, right.epoch) ||
    byLetters(left.upstream, right.upstream) ||
    byLetters(left.revision, right.revision)
  );
};

function parts(version: string) {
  const [, epoch = "0", rest = ""] = /^\s*(?:([0-9]+):)?([\s\S]*?)\s*$/.exec(version) ?? [];
  const dash = rest.lastIndexOf("-");
  return dash < 0
    ? { epoch, upstream: rest, revision: "" }
    : { epoch, upstream: rest.slice(0, dash), revision: rest.slice(dash + 1) };
}

/** Alternates between runs of non-digits and runs of digits. */
const byLetters: Order = (a, b) => {
  let [i, j] = [0, 0];
  while (i < a.length || j < b.length) {
    while (weight(a, i) !== END || weight(b, j) !== END) {
      const difference = weight(a, i) - weight(b, j);
      if (difference !== 0) return difference;
      i += 1;
      j += 1;
    }
    const [left, right] = [digitsAt(a, i), digitsAt(b, j)];
    const difference = byValue(left, right);
    if (difference !== 0) return difference;
    i += left.length;
    j += right.length;
  }
  return 0;
};

/** The end and a digit rank equally: letters come after them, `~` before. */
const END = 0;

function weight(text: string, index: number): number {
  const char = text[index];
  if (char === undefined || /[0-9]/.test(char)) return END;
  if (char === "~") return -1;
  return text.charCodeAt(index) + (/[A-Za-z]/.test(char) ? 0 : 1 << 16);
}

const digitsAt = (text: string, index: number) => {
  let end = index;
  while (end < text.length && /[0-9]/.test(text[end] ?? "")) end += 1;
  return text.slice(index, end);
};
