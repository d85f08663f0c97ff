import type { Diagnostic, Place } from "../../model/diagnostic.js";
import { errorAt, pointerParts, pointerTo } from "../../model/diagnostic.js";
import { nearest } from "../../model/nearest.js";
import { quote } from "../../model/quote.js";
import { MAX_PROBLEMS_PER_FILE } from "../limits.js";
import type { YamlSource } from "../yaml/source.js";
import type { YamlValue } from "../yaml/value.js";
import { foreignValue } from "./foreign-values.js";
import { foreignKey } from "./foreign-words.js";
import type { Schema } from "./schema/schema.js";
import { describeForm, describeTypes, labelOf } from "./shape-words.js";
import type { ShapeError } from "./validators.js";

/** Turns a validator's errors into diagnostics, one per mistake. `schema` is the one the validator was compiled from. */
export function shapeProblems(
  errors: readonly ShapeError[],
  schema: Schema,
  value: YamlValue,
  source: YamlSource,
): Diagnostic[] {
  const explainer = new Explainer(schema, value, source);
  const diagnostics: Diagnostic[] = [];
  // An unknown key may be a mistyped form of a key that is then missing: the first error explains the second.
  for (const error of [...errors].sort((a, b) => rank(a) - rank(b))) {
    const diagnostic = diagnostics.length < MAX_PROBLEMS_PER_FILE ? explainer.explain(error) : undefined;
    if (diagnostic !== undefined) diagnostics.push(diagnostic);
  }
  return diagnostics;
}

function rank(error: ShapeError): number {
  return error.keyword === "additionalProperties" ? 0 : 1;
}

const KEY_RULES: ReadonlySet<string> = new Set(["required", "oneOf", "anyOf", "not"]);

/** Titles of the schemas of images and modules. */
const BUILT: ReadonlySet<string | undefined> = new Set(["Image", "Module"]);

class Explainer {
  /** Pointers of keys that were probably meant. */
  readonly #suggested = new Set<string>();
  /** Pointers of values that were reported: a value that is wrong twice is one mistake. */
  readonly #explained = new Set<string>();

  constructor(
    readonly schema: Schema,
    readonly value: YamlValue,
    readonly source: YamlSource,
  ) {}

  /** Undefined: the error is a consequence of another one. */
  explain(error: ShapeError): Diagnostic | undefined {
    // An error within `if`, `oneOf` … is not a mistake of its own; the keyword itself is reported.
    if (/\/(?:oneOf|anyOf|not|if)\//.test(error.schemaPath)) return undefined;
    // Keys are required only in a mapping; JSON Schema lets other values pass or fail by chance.
    const value = valueAt(this.value, error.instancePath);
    if (KEY_RULES.has(error.keyword) && (typeof value === "string" || Array.isArray(value))) return undefined;
    const rule = ruleAt(this.schema, error.schemaPath);
    switch (error.keyword) {
      case "additionalProperties":
        return this.#unknownKey(error, rule);
      case "required":
        return this.#missingKeys(error.instancePath, [String(error.params.missingProperty)]);
      case "oneOf":
        return this.#exactlyOne(error.instancePath, keysOf(rule.oneOf ?? []));
      case "anyOf":
        return this.#missingKeys(error.instancePath, keysOf(rule.anyOf ?? []));
      case "not":
        return this.#exclusive(error.instancePath, rule.not?.required ?? []);
      case "if":
      case "propertyNames":
        return undefined;
      default:
        return error.propertyName === undefined
          ? this.#value(error, rule)
          : this.#keyForm(error, error.propertyName, rule);
    }
  }

  #unknownKey(error: ShapeError, rule: Schema): Diagnostic {
    const { instancePath: pointer } = error;
    const key = String(error.params.additionalProperty);
    const place = this.#keyPlace(pointer, key);
    const known = Object.keys(rule.properties ?? {});
    const foreign = foreignKey(this.schema.title, pointer, key);
    const near = foreign === undefined ? nearest(key, known) : undefined;
    for (const meant of foreign?.instead ?? [near ?? []].flat()) this.#suggested.add(pointer + pointerTo(meant));
    const { code = "unknown-key", message = `unknown key ${quote(key)}` } = foreign ?? {};
    const others = near === undefined ? `the keys here are ${known.join(", ")}` : `did you mean \`${near}\`?`;
    return errorAt(place, code, message, foreign?.hint ?? others);
  }

  #missingKeys(pointer: string, keys: readonly string[]): Diagnostic | undefined {
    if (keys.some((key) => this.#suggested.has(pointer + pointerTo(key)))) return undefined;
    const names = keys.map(quote);
    const what = names.length === 1 ? names.join() : `one of ${names.join(", ")}`;
    const where = pointer === "" ? "" : ` in \`${labelOf(pointer)}\``;
    return errorAt(this.source.at(pointer), "missing-key", `${what} is missing${where}`);
  }

  #exactlyOne(pointer: string, keys: readonly string[]): Diagnostic | undefined {
    const mapping = valueAt(this.value, pointer);
    const used = keys.filter((key) => typeof mapping === "object" && key in mapping);
    return used.length === 0 ? this.#missingKeys(pointer, keys) : this.#exclusive(pointer, used);
  }

  #exclusive(pointer: string, keys: readonly string[]): Diagnostic {
    const names = keys.map(quote);
    const place = this.#keyPlace(pointer, keys[1] ?? "");
    return errorAt(place, "exclusive-keys", `${names.join(" and ")} exclude each other`, "keep one of them");
  }

  #keyForm(error: ShapeError, key: string, rule: Schema): Diagnostic | undefined {
    if (this.#isKnown(`${error.instancePath + pointerTo(key)}#key`)) return undefined;
    const place = this.#keyPlace(error.instancePath, key);
    return errorAt(place, "invalid-value", `the key ${quote(key)} must be ${wantedBy(error, rule)}`);
  }

  #value(error: ShapeError, rule: Schema): Diagnostic | undefined {
    const { instancePath: pointer, keyword } = error;
    const value = valueAt(this.value, pointer);
    // A key without a value, perhaps with its entries commented out, means nothing rather than something wrong.
    if (keyword === "type" && value === "" && pointer !== "") return undefined;
    if (this.#isKnown(pointer)) return undefined;
    const label = pointer === "" ? "the file" : `\`${labelOf(pointer)}\``;
    const place = this.source.at(pointer);
    const foreignHint = BUILT.has(this.schema.title) ? foreignValue(pointer, value) : undefined;
    if (keyword === "type") return errorAt(place, "wrong-type", `${label} must be ${describeTypes(rule)}`, foreignHint);
    if (typeof value !== "string") return errorAt(place, "invalid-value", `${label} must have ${countOf(rule)}`);
    const meant = nearest(value, rule.enum ?? []);
    const hint = meant === undefined ? foreignHint : `did you mean \`${meant}\`?`;
    const actual = value === "" ? "it is empty" : `not ${quote(value)}`;
    return errorAt(place, "invalid-value", `${label} must be ${wantedBy(error, rule)}; ${actual}`, hint);
  }

  #isKnown(place: string): boolean {
    if (this.#explained.has(place)) return true;
    this.#explained.add(place);
    return false;
  }

  #keyPlace(pointer: string, key: string): Place {
    return this.source.at(pointer + pointerTo(key), "key");
  }
}

function wantedBy(error: ShapeError, rule: Schema): string {
  return error.keyword === "maxLength" ? `at most ${rule.maxLength} characters long` : describeForm(rule);
}

function keysOf(alternatives: readonly { readonly required: readonly string[] }[]): string[] {
  return alternatives.flatMap((alternative) => alternative.required);
}

function countOf(rule: Schema): string {
  const { minItems = 0, maxItems } = rule;
  if (minItems === maxItems) return minItems === 1 ? "exactly one entry" : `exactly ${minItems} entries`;
  return maxItems === undefined
    ? `at least ${minItems === 1 ? "one entry" : `${minItems} entries`}`
    : `at most ${maxItems} entries`;
}

/** The schema that holds the keyword a schema path (a URI fragment of a JSON pointer) ends with. */
function ruleAt(schema: Schema, schemaPath: string): Schema {
  let rule: unknown = schema;
  for (const part of pointerParts(decodeURIComponent(schemaPath)).slice(0, -1))
    rule = (rule as Record<string, unknown>)[part] ?? {};
  return rule as Schema;
}

function valueAt(value: YamlValue, pointer: string): YamlValue {
  let at: YamlValue = value;
  for (const part of pointerParts(pointer)) {
    if (typeof at === "string") return "";
    at = (at as Record<string, YamlValue>)[part] ?? "";
  }
  return at;
}
