import type { Diagnostic } from "../model/diagnostic.js";
import { newMapping, type YamlMapping, type YamlValue } from "./yaml-value.js";

/** What a reader makes of a value: problems that a schema cannot express do not keep the rest from being read. */
export interface Read<T> {
  readonly result: T;
  readonly diagnostics: readonly Diagnostic[];
}

/*
 * The schema has accepted the value, so these only put a type on it. A key without a value, and one that is not there,
 * are the empty list or mapping.
 */

export function asText(value: YamlValue | undefined): string {
  return typeof value === "string" ? value : "";
}

/*
 * Most definitions use few of the keys, so what stands for an unused one is shared: with 10,000 definitions the empty
 * lists and mappings would be most of what is kept.
 */
const NONE: readonly never[] = Object.freeze([]);
const NOTHING = Object.freeze({});

export function asList(value: YamlValue | undefined): readonly YamlValue[] {
  return Array.isArray(value) ? value : NONE;
}

/** The entries of a list, each read. */
export function readList<T>(value: YamlValue | undefined, read: (entry: YamlValue, index: number) => T): readonly T[] {
  return Array.isArray(value) ? value.map(read) : NONE;
}

const EMPTY = Object.freeze(newMapping());

export function asMapping(value: YamlValue | undefined): YamlMapping {
  return typeof value === "object" && !Array.isArray(value) ? value : EMPTY;
}

export function asFlag(value: YamlValue | undefined, otherwise: boolean): boolean {
  return value === undefined ? otherwise : value === "true";
}

export function asNumber(value: YamlValue | undefined, otherwise: number): number {
  return value === undefined ? otherwise : Number(value);
}

/** To be spread into a literal: `exactOptionalPropertyTypes` knows no property that is undefined. */
export function optional<K extends string>(key: K, value: YamlValue | undefined): { [P in K]?: string } {
  return (value === undefined ? NOTHING : { [key]: asText(value) }) as { [P in K]?: string };
}
