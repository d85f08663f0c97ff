import type { Schema } from "./schema/schema.js";

/*
 * How a schema sees the mappings of a file that it has accepted. `undefined` is the schema of what nobody orders: free
 * mappings, and whatever stands in text.
 */

/** Keys in the order in which the schema lists them; those it does not list stay behind, as they were. */
export function inSchemaOrder<T extends { readonly key: string }>(
  entries: readonly T[],
  schema?: Schema,
): readonly T[] {
  const rank = new Map(Object.keys(schema?.properties ?? {}).map((key, index) => [key, index]));
  const rankOf = ({ key }: T) => rank.get(key) ?? rank.size;
  return [...entries].sort((a, b) => rankOf(a) - rankOf(b));
}

/** The schema of a mapping with these entries: of two alternatives the one whose condition holds. */
export function mappingSchema(
  schema: Schema | undefined,
  entries: readonly { readonly key: string; readonly scalar?: string | undefined }[],
): Schema | undefined {
  if (schema?.if === undefined) return schema;
  const { required = [], properties = {} } = schema.if;
  const found = new Map(entries.map(({ key, scalar }) => [key, scalar]));
  const holds =
    required.every((key) => found.has(key)) &&
    Object.entries(properties).every(([key, { enum: words }]) => words?.includes(found.get(key) ?? "") ?? true);
  const branch = holds ? schema.then : schema.else;
  return { ...schema, ...branch, properties: { ...schema.properties, ...branch?.properties } };
}

export function schemaOfKey(schema: Schema | undefined, key: string): Schema | undefined {
  const { properties = {}, additionalProperties } = schema ?? {};
  if (Object.hasOwn(properties, key)) return properties[key];
  return typeof additionalProperties === "object" ? additionalProperties : undefined;
}
