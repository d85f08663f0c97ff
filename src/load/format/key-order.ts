import type { Schema } from "../kinds/schema/schema.js";

/*
 * How a schema sees the mappings of a file that it has accepted. `undefined` is the schema of what is not ordered:
 * free mappings, and anything in text.
 */

/** Keys in the order in which the schema lists them, then those it does not list, in their own order. */
export function inSchemaOrder<T extends { readonly key: string }>(
  entries: readonly T[],
  schema?: Schema,
): readonly T[] {
  const rank = new Map(Object.keys(schema?.properties ?? {}).map((key, index) => [key, index]));
  const rankOf = ({ key }: T) => rank.get(key) ?? rank.size;
  return [...entries].sort((a, b) => rankOf(a) - rankOf(b));
}

interface KeyedScalar {
  readonly key: string;
  readonly scalar?: string | undefined;
}

/** The schema of a mapping with these entries; of alternatives, the one whose condition holds. */
export function mappingSchema(schema: Schema | undefined, entries: readonly KeyedScalar[]): Schema | undefined {
  if (schema?.if === undefined) return schema;
  const { if: condition, then: yes, else: no, ...rest } = schema;
  const branch = mappingSchema(holds(condition, entries) ? yes : no, entries);
  return { ...rest, ...branch, properties: { ...rest.properties, ...branch?.properties } };
}

function holds({ required = [], properties = {} }: Schema, entries: readonly KeyedScalar[]): boolean {
  const values = new Map(entries.map(({ key, scalar }) => [key, scalar]));
  const isOneOf = ([key, { enum: words }]: [string, Schema]) => words?.includes(values.get(key) ?? "") ?? true;
  return required.every((key) => values.has(key)) && Object.entries(properties).every(isOneOf);
}

export function schemaOfKey(schema: Schema | undefined, key: string): Schema | undefined {
  const { properties = {}, additionalProperties } = schema ?? {};
  if (Object.hasOwn(properties, key)) return properties[key];
  return typeof additionalProperties === "object" ? additionalProperties : undefined;
}
