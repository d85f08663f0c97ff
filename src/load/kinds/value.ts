import type { Diagnostic } from "../../model/diagnostic.js";
import { newMapping, type YamlValue } from "../yaml/value.js";

/** The result of reading a value: problems that a schema cannot express do not keep the rest from being read. */
export interface Read<T> {
  readonly result: T;
  readonly diagnostics: readonly Diagnostic[];
}

/*
 * A value's type comes from its schema (schema/file-types.ts) or is unknown (YamlValue). A value that cannot be text,
 * a list or a mapping by its schema is not accepted as one by these functions.
 */
type TextIn<T> = [T] extends [string | undefined] ? T : YamlValue extends T ? T : never;
export type EntryOf<T> = Extract<T, readonly unknown[]>[number];
type ListIn<T> = [Extract<T, readonly unknown[]>] extends [never] ? never : T;
export type MappingOf<T> = Exclude<Extract<T, object>, readonly unknown[]>;
type MappingIn<T> = [MappingOf<T>] extends [never] ? never : T;

/*
 * The schema has accepted the value, so these only put a type on it. A missing key, and a key without a value, is the
 * empty list or mapping.
 */

export function asText<T>(value: TextIn<T>): string {
  return typeof value === "string" ? value : "";
}

/*
 * Most definitions use few of the keys, so the values of unused ones are shared: with 10,000 definitions the empty
 * lists and mappings would be most of the memory.
 */
const NONE: readonly never[] = Object.freeze([]);
const NOTHING = Object.freeze({});

export function asList<T>(value: ListIn<T>): readonly EntryOf<T>[] {
  return Array.isArray(value) ? value : NONE;
}

/** The entries of a list, each read. */
export function readList<T, R>(value: ListIn<T>, read: (entry: EntryOf<T>, index: number) => R): readonly R[] {
  return Array.isArray(value) ? value.map(read) : NONE;
}

const EMPTY = Object.freeze(newMapping());

export function asMapping<T>(value: MappingIn<T>): MappingOf<T> {
  return (typeof value === "object" && !Array.isArray(value) ? value : EMPTY) as MappingOf<T>;
}

/* The default of a key comes from its schema, which is passed along. */

export function asFlag(value: YamlValue | undefined, schema: { readonly default: boolean }): boolean {
  return value === undefined ? schema.default : value === "true";
}

export function asNumber(value: YamlValue | undefined, schema: { readonly default: number }): number {
  return value === undefined ? schema.default : Number(value);
}

/** One of the words of an `enum`. */
export function asWord<W extends string>(
  value: YamlValue | undefined,
  schema: { readonly enum: readonly W[]; readonly default: NoInfer<W> },
): W {
  return typeof value === "string" && value !== "" ? (value as W) : schema.default;
}

/** To be spread into a literal: `exactOptionalPropertyTypes` knows no property that is undefined. */
export function optional<K extends string>(key: K, value: YamlValue | undefined): { [P in K]?: string } {
  return (value === undefined ? NOTHING : { [key]: asText(value) }) as { [P in K]?: string };
}
