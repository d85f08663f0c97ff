import { pointerTo } from "../../model/diagnostic.js";

/** The tokens of JSON (RFC 8259), keys with their colon; white space and commas are skipped. */
const TOKEN = /"(?:[^"\\]|\\.)*"|[{}[\]:]|[^\s"{}[\]:,]+/g;

/** Offsets of the keys of a JSON text that JSON.parse accepts, by JSON pointer, down to three levels. The last of two equal keys counts. */
export function jsonPlaces(text: string): ReadonlyMap<string, number> {
  const places = new Map<string, number>();
  /** The pointer of each open mapping or list, and its last key. */
  const open: { readonly pointer: string; key: string | undefined }[] = [];
  let last: { readonly text: string; readonly offset: number } | undefined;
  for (const match of text.matchAll(TOKEN)) {
    const [token] = match;
    const top = open.at(-1);
    if (token === ":" && last !== undefined && top !== undefined) {
      top.key = JSON.parse(last.text) as string;
      if (open.length <= 3) places.set(top.pointer + pointerTo(top.key), last.offset);
    } else if (token === "{" || token === "[") {
      // Deeper keys are never looked up, and their pointers would grow with the depth.
      const pointer = top === undefined || open.length > 3 ? "" : top.pointer + pointerTo(top.key ?? "");
      open.push({ pointer, key: undefined });
    } else if (token === "}" || token === "]") open.pop();
    last = { text: token, offset: match.index };
  }
  return places;
}
