import type { DiagnosticCode } from "../../model/diagnostic-codes.js";

/** Scalars stay text as written: `1.10`, `yes` and an empty value are what the author typed. Types come from the schema. */
export type YamlValue = string | YamlValue[] | YamlMapping;

export interface YamlMapping {
  [key: string]: YamlValue;
}

export interface YamlProblem {
  readonly code: DiagnosticCode;
  /** UTF-16 units from the start of the text. */
  readonly offset: number;
  readonly message: string;
  readonly hint?: string;
}

export interface ParsedYaml {
  /** Undefined if there is no value that a schema could check. */
  readonly value: YamlValue | undefined;
  readonly problems: readonly YamlProblem[];
}

/** A mapping without a prototype that V8 still treats as an ordinary object: `Object.create(null)` is four times slower. */
const Mapping: new () => YamlMapping = (() => {
  class Empty {}
  Object.setPrototypeOf(Empty.prototype, null);
  // biome-ignore lint/suspicious/noExplicitAny: the constructor property would be visible as a key's default.
  delete (Empty.prototype as any).constructor;
  return Empty as new () => YamlMapping;
})();

export function newMapping(): YamlMapping {
  return new Mapping();
}
