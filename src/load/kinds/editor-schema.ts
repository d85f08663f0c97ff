import { type DocumentKind, fileKind } from "./schema/kinds.js";
import type { Schema, TypeName } from "./schema/schema.js";

/** JSON Schema as it is printed, where `anyOf` may have whole schemas. */
export type EditorSchema = Readonly<Record<string, unknown>>;

/** An expression, which the loader replaces before it checks the shape of an image with a `matrix`. */
const EXPRESSION = "\\$\\{\\{ *matrix\\.[A-Za-z_][A-Za-z0-9_-]* *\\}\\}";

/**
 * The schema of a kind of file as an editor needs it. To the loader every scalar is text, and a key without a value
 * says nothing; an editor takes `1` for a number, `true` for a boolean and an empty value for null, and must not flag
 * what the loader accepts. If a kind has expressions, each scalar may be one instead of having its form.
 */
export function editorSchema(kind: DocumentKind): EditorSchema {
  const { schema, expressions = false } = fileKind(kind);
  const { $schema, title, description, type } = schema;
  return { $schema, title, description, ...forEditor(schema, expressions), type };
}

function forEditor(schema: Schema, expressions: boolean): Record<string, unknown> {
  const result: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(schema)) {
    if (key === "properties") {
      const entries = Object.entries(value as Readonly<Record<string, Schema>>);
      result[key] = Object.fromEntries(entries.map(([name, of]) => [name, forEditor(of, expressions)]));
    }
    // A condition stays as it is: it must not begin to hold for an expression, and the form of a key is not a scalar.
    else
      result[key] = isSchema(value) && key !== "if" && key !== "propertyNames" ? forEditor(value, expressions) : value;
  }
  return { ...result, ...scalarForm(schema, expressions) };
}

/** `type` and the keywords that go with it. The first type stays first, because completion uses it. */
function scalarForm(schema: Schema, expressions: boolean): Record<string, unknown> {
  const types = [schema.type ?? []].flat();
  if (types.length === 0) return {};
  const collection = types.some((name) => name === "array" || name === "object") ? ["null" as const] : [];
  if (schema.enum !== undefined) return expressions ? enumOrExpression(schema.enum) : {};
  if (!types.includes("string")) return otherScalar(types, collection, expressions);
  const type = [...new Set<TypeName>([...types, "number", "boolean", ...collection])];
  if (!expressions || schema.pattern === undefined) return { type };
  // The limit is for what the expression results in, so it belongs to the form that the expression replaces.
  const length = schema.maxLength === undefined ? "" : `(?![\\s\\S]{${schema.maxLength + 1}})`;
  const form = schema.pattern.replace(/^\^/, "");
  return { type, pattern: `^${length}${form}|${EXPRESSION}`, maxLength: undefined };
}

/** Text may be a number or a boolean too. */
function otherScalar(types: readonly TypeName[], collection: readonly TypeName[], expressions: boolean) {
  const form = types.includes("integer")
    ? "(?:0|[1-9][0-9]*)"
    : types.includes("boolean")
      ? "(?:true|false)"
      : undefined;
  if (form === undefined) return { type: oneOrMany([...types, ...collection]) };
  const pattern = expressions ? `^${form}$|${EXPRESSION}` : `^${form}$`;
  return { type: [...types, "string", ...collection], pattern };
}

function enumOrExpression(words: readonly string[]) {
  return { enum: undefined, anyOf: [{ enum: words }, { type: "string", pattern: EXPRESSION }] };
}

const oneOrMany = (types: readonly TypeName[]) => (types.length === 1 ? types[0] : types);

function isSchema(value: unknown): value is Schema {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The text of the schema's file, as it is printed and written. */
export function editorSchemaText(kind: DocumentKind): string {
  return `${JSON.stringify(editorSchema(kind), null, 2)}\n`;
}
