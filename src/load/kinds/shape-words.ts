import { pointerParts } from "../../model/diagnostic.js";
import { quote } from "../../model/quote.js";
import type { Schema, TypeName } from "./schema/schema.js";

/** `/artifacts/0/mode` → `artifacts[0].mode`. */
export function labelOf(pointer: string): string {
  const label = pointerParts(pointer)
    .map((part) => (/^[0-9]+$/.test(part) ? `[${part}]` : `.${part}`))
    .join("");
  return label.replace(/^\./, "");
}

const TYPES: Readonly<Record<TypeName, string>> = {
  string: "text",
  number: "text",
  null: "text",
  integer: "a whole number",
  boolean: "`true` or `false`",
  array: "a list",
  object: "a mapping",
};

/** `text, a list or a mapping`. */
export function describeTypes(rule: Schema): string {
  const names = [rule.type ?? []].flat();
  // An editor may see text as any scalar; then `true or false` is not a type of its own.
  const scalar = names.includes("string") ? "text" : undefined;
  const words = names.map((name) => (name === "array" || name === "object" ? TYPES[name] : (scalar ?? TYPES[name])));
  return inWords([...new Set(words)]);
}

/** The form that text must have to be accepted. */
export function describeForm(rule: Schema): string {
  if (rule.enum !== undefined) return inWords(rule.enum.map(quote));
  if (rule.type === "boolean") return TYPES.boolean;
  if (rule.type === "integer") return `a whole number from ${rule.minimum} to ${rule.maximum}`;
  return rule.patternErrorMessage ?? describeTypes(rule);
}

function inWords(words: readonly string[]): string {
  return words.length < 2 ? words.join() : `${words.slice(0, -1).join(", ")} or ${words.at(-1)}`;
}
