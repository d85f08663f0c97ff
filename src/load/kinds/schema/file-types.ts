import type { YamlValue } from "../../yaml/value.js";
import type { DocumentKind, KINDS } from "./kinds.js";
import type { Schema, TypeName } from "./schema.js";

/*
 * The types of the files, derived from their schemas: a reader that asks for a key its schema does not have, or takes
 * a list for text, does not compile. Derived in TypeScript instead of generated, since a generator would have to run
 * before the compiler and be compiled by it.
 */

/** The value of a file of a kind, after its schema has accepted it. */
export type FileOf<K extends DocumentKind> = ValueOf<(typeof KINDS)[K]["schema"]>;

/**
 * The type of a value that a schema accepts. Scalars are text whatever they look like. Every key may be missing,
 * because an empty value is accepted for a list or mapping, and readers treat both the same way.
 */
export type ValueOf<S> = Schema extends S ? YamlValue : Alternatives<S, TypesOf<S>>;

type TypesOf<S> = S extends { readonly type: infer T } ? (T extends readonly TypeName[] ? T[number] : T) : never;

/** For each of the types that a schema allows. */
type Alternatives<S, T> =
  | (T extends "array" ? readonly ItemOf<S>[] | "" : never)
  | (T extends "object" ? Mapping<S> | "" : never)
  | (T extends "array" | "object" ? never : string);

type ItemOf<S> = S extends { readonly items: infer I } ? ValueOf<I> : YamlValue;

/** Together with what `then` and `else` add; the reader finds out which of them applies. */
type Mapping<S> = OwnKeys<S> & KeysOf<S, "then"> & KeysOf<S, "else">;

type KeysOf<S, B extends "then" | "else"> = S extends { readonly [Branch in B]: infer T } ? Mapping<T> : unknown;

type OwnKeys<S> = Declared<S> & Free<S>;

type Declared<S> = S extends { readonly properties: infer P } ? { readonly [K in keyof P]?: ValueOf<P[K]> } : unknown;

/** The value under a name that is not declared; TypeScript requires it to include the others. */
type Free<S> = S extends { readonly additionalProperties: infer A }
  ? A extends false
    ? unknown
    : { readonly [name: string]: ValueOf<A> | DeclaredValue<S> | undefined }
  : unknown;

type DeclaredValue<S> = S extends { readonly properties: infer P } ? ValueOf<P[keyof P]> : never;
