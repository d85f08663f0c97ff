import type { YamlValue } from "../yaml/value.js";
import type { DocumentKind } from "./schema/kinds.js";

/** An error of ajv, as far as it is used here. `schemaPath` is a fragment: `#/properties/name/pattern`. */
export interface ShapeError {
  readonly instancePath: string;
  readonly schemaPath: string;
  readonly keyword: string;
  readonly params: Readonly<Record<string, unknown>>;
  /** Set where the error is about a key of the mapping at `instancePath`. */
  readonly propertyName?: string;
}

export interface Validator {
  (value: YamlValue): boolean;
  /** Of the last call. */
  errors?: ShapeError[] | null;
}

/** validators.js is compiled from src/load/kinds/schema by scripts/generate.ts: importing ajv costs more than loading a small catalogue. */
export declare const VALIDATORS: Readonly<Record<DocumentKind, Validator>>;

/** The digest (schema/digest.ts) of the schema that each was compiled from. */
export declare const COMPILED_FROM: Readonly<Record<DocumentKind, string>>;
