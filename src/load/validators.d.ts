import type { YamlValue } from "./yaml-value.js";

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

/** validators.js is compiled from src/load/schema by scripts/generate.ts: importing ajv costs more than loading a small catalogue. */
export declare const image: Validator;
export declare const settings: Validator;
export declare const systemPackages: Validator;
export declare const runtimePackages: Validator;
export declare const bases: Validator;
export declare const roles: Validator;
export declare const exceptions: Validator;
export declare const language: Validator;
