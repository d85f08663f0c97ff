import type { Form } from "./forms/form.js";

/**
 * The part of JSON Schema (draft 2020-12) that the formats use. The schemas describe the files as an editor sees them;
 * the loader sees every scalar as text, so scripts/generate.ts compiles `boolean` and `integer` as forms of text.
 * Unions need no `anyOf`: a keyword applies to its own type only (JSON Schema validation, section 6), which keeps
 * errors to one per mistake.
 */
export interface Schema {
  readonly $schema?: string;
  readonly title?: string;
  readonly description?: string;
  readonly type?: TypeName | readonly TypeName[];
  readonly enum?: readonly string[];
  readonly default?: string | number | boolean;
  readonly pattern?: string;
  /** Not in the standard: shown by editors based on VS Code. */
  readonly patternErrorMessage?: string;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly propertyNames?: Schema;
  readonly additionalProperties?: boolean | Schema;
  readonly required?: readonly string[];
  /** Only with `required` in each: exactly one of these keys. */
  readonly oneOf?: readonly { readonly required: readonly string[] }[];
  /** At least one of these keys. */
  readonly anyOf?: readonly { readonly required: readonly string[] }[];
  /** Keys that exclude each other. */
  readonly not?: { readonly required: readonly string[] };
  readonly if?: Schema;
  readonly then?: Schema;
  readonly else?: Schema;
}

export type TypeName = "string" | "number" | "integer" | "boolean" | "null" | "array" | "object";

/*
 * The functions below return their argument in its own type, from which file-types.ts derives the types of files. A
 * schema that is written without them keeps its type by `as const satisfies Schema`.
 */

/** A scalar of a given form. An editor may take `1.1` for a number: it is text all the same. */
export function text<const M extends Schema = object>(form: Form, description: string, more?: M): Text & NoInfer<M> {
  return { type: ["string", "number", "boolean", "null"], ...form, description, ...more } as Text & M;
}

export interface Text extends Schema {
  readonly type: readonly ["string", "number", "boolean", "null"];
}

export function listOf<const I extends Schema, const M extends Schema = object>(
  items: I,
  description: string,
  more?: M,
): ListOf<I> & NoInfer<M> {
  return { type: "array", items, description, ...more } as ListOf<I> & M;
}

interface ListOf<I> {
  readonly type: "array";
  readonly items: I;
  readonly description: string;
}

/** A mapping with these keys and no others. */
export function mappingOf<const P extends Readonly<Record<string, Schema>>, const M extends Schema = object>(
  properties: P,
  description: string,
  more?: M,
): MappingOf<P> & NoInfer<M> {
  return { type: "object", properties, additionalProperties: false, description, ...more } as MappingOf<P> & M;
}

interface MappingOf<P> {
  readonly type: "object";
  readonly properties: P;
  readonly additionalProperties: false;
  readonly description: string;
}

export function exactlyOne(...keys: readonly string[]) {
  return { oneOf: keys.map((key) => ({ required: [key] })) } satisfies Schema;
}

export function atLeastOne(...keys: readonly string[]) {
  return { anyOf: keys.map((key) => ({ required: [key] })) } satisfies Schema;
}

/** Which `kind` a file must have; files of one folder have one kind, so it may be left out. */
export function kind(...names: readonly string[]) {
  return {
    type: "string" as const,
    enum: names,
    default: names[0] ?? "",
    description: `The kind of this file: ${names.join(" or ")}.`,
  } satisfies Schema;
}
