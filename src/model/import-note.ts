import type { Position } from "./diagnostic.js";

/** `error`: nothing is written. `warning`: something of the document is not carried over. `note`: it is said in another way. */
export type NoteSeverity = "error" | "warning" | "note";

/** What somebody who imports a document should know, at its place there. */
export interface ImportNote extends Position {
  readonly severity: NoteSeverity;
  readonly message: string;
  readonly hint?: string;
}

/** What an import has done, or would do. */
export interface ImportResult {
  /** Paths relative to the catalogue, in order; none where something was rejected. */
  readonly written: readonly { readonly path: string }[];
  readonly notes: readonly ImportNote[];
}
