import { createTwoFilesPatch, FILE_HEADERS_ONLY } from "diff";
import { cut, withRest } from "../model/cut.js";

const MAX_LINES = 400;
/** Lines that differ: the time to find the smallest difference is quadratic in them. */
const MAX_EDITS = 1000;

/** A unified diff of an image's Containerfile; empty: no difference. An empty side is a Containerfile that does not exist. */
export function containerfileDiff(name: string, before: string, after: string): string {
  if (before === after) return "";
  const path = `${name}/Containerfile`;
  const side = (text: string, prefix: string) => (text === "" ? "/dev/null" : `${prefix}/${path}`);
  const patch = createTwoFilesPatch(side(before, "a"), side(after, "b"), before, after, undefined, undefined, {
    context: 3,
    headerOptions: FILE_HEADERS_ONLY,
    maxEditLength: MAX_EDITS,
  });
  if (patch === undefined) return `… the Containerfile of ${name} differs in more than ${MAX_EDITS} lines\n`;
  const lines = patch.replace(/\n$/, "").split("\n");
  return `${withRest(cut(lines, MAX_LINES), (count) => `… ${count} more lines`).join("\n")}\n`;
}
