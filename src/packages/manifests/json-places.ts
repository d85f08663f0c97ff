import { pointerTo } from "../../model/diagnostic.js";

/** A key that is kept apart from others by name only, and the tokens of JSON (RFC 8259); white space and commas are skipped. */
const TOKEN = /"(?:[^"\\]|\\.)*"|[{}[\]:]|[^\s"{}[\]:,]+/g;

/** Offsets of the keys of a JSON text that JSON.parse accepts, by JSON pointer, down to three levels. The last of two equal keys counts. */
export function jsonPlaces(text: string): ReadonlyMap<string, number> {
  const found = new Map<string, number>();
  /** The pointer of each open mapping or list; the last key in it. */
  const open: { readonly pointer: string; key: string | undefined }[] = [];
  let last: { readonly text: string; readonly offset: number } | undefined;
  for (const match of text.matchAll(TOKEN)) {
    const [token] = match;
    const top = open.at(-1);
    if (token === ":" && last !== undefined && top !== undefined) {
      top.key = JSON.parse(last.text) as string;
      if (open.length <= 3) found.set(top.pointer + pointerTo(top.key), last.offset);
    } else if (token === "{" || token === "[") {
      // Deeper ones are never asked for, and their pointers would grow with the depth.
      const pointer = top === undefined || open.length > 3 ? "" : top.pointer + pointerTo(top.key ?? "");
      open.push({ pointer, key: undefined });
    } else if (token === "}" || token === "]") open.pop();
    last = { text: token, offset: match.index };
  }
  return found;
}
