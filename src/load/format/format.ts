import { isDeepStrictEqual } from "node:util";
import type { Schema } from "../kinds/schema/schema.js";
import { parseYaml } from "../yaml/parse.js";
import { tokensOf } from "../yaml/tokens.js";
import { formatBlocks } from "./blocks.js";
import { formatFlow, formatQuotes } from "./flow.js";

const BYTE_ORDER_MARK = "\ufeff";

/**
 * The text in the one layout that `slipway fmt` knows: keys as the schema lists them, indented by two, double quotes
 * where it makes no difference, lines that end with LF. Values, comments and empty lines stay the same: the result is read again,
 * and if it does not say the same, the text is left alone.
 */
export function formatYaml(text: string, schema: Schema): string {
  const mark = text.startsWith(BYTE_ORDER_MARK) ? BYTE_ORDER_MARK : "";
  const body = text.slice(mark.length);
  const unified = body.replaceAll("\r\n", "\n");
  // A carriage return alone ends a line too; nobody writes one on purpose.
  if (unified.includes("\r")) return text;
  const formatted = formatBlocks(formatFlow(formatQuotes(unified), schema), schema);
  return saysTheSame(unified, formatted) ? mark + formatted : text;
}

function saysTheSame(before: string, after: string): boolean {
  const [was, is] = [parseYaml(before), parseYaml(after)];
  if (was.problems.length > 0 || is.problems.length > 0) return false;
  return isDeepStrictEqual(was.value, is.value) && isDeepStrictEqual(commentsOf(before), commentsOf(after));
}

/** The comments, sorted. */
export function commentsOf(text: string): readonly string[] {
  return [...tokensOf(text, new Set(["comment"]))].map(({ source }) => source.trimEnd()).sort();
}
