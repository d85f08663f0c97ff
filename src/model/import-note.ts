import type { Position } from "./diagnostic.js";

/**
 * `error`: nothing is written. `warning`: something of the document is not carried over. `note`: it is expressed in
 * another way.
 */
export type NoteSeverity = "error" | "warning" | "note";

/** Something that whoever imports a document should know, with its place in the document. */
export interface ImportNote extends Position {
  readonly severity: NoteSeverity;
  readonly message: string;
  readonly hint?: string;
}

/** The result of an import, or what it would be. */
export interface ImportResult {
  /** Paths relative to the catalogue, in order; empty if something was rejected. */
  readonly written: readonly { readonly path: string }[];
  readonly notes: readonly ImportNote[];
}
