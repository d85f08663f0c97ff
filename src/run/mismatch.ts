import type { TextExpectation } from "../model/definition.js";

/** What is wrong with a text, or undefined. */
export function mismatch(text: string, { equals, contains, matches }: TextExpectation): string | undefined {
  if (equals !== undefined && text.trimEnd() !== equals.trimEnd()) return `is not ${JSON.stringify(equals.trimEnd())}`;
  if (contains !== undefined && !text.includes(contains)) return `does not contain ${JSON.stringify(contains)}`;
  if (matches !== undefined && !new RegExp(matches, "m").test(text)) return `does not match /${matches}/`;
  return undefined;
}
