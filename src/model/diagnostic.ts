/** A place in a file of the catalogue. Lines and columns count from 1; columns count UTF-16 units. */
export interface Position {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

export type Severity = "error" | "warning";

/**
 * A problem as a value. `code` is stable and documented (docs/diagnostics.md); scripts match on it, never on the message.
 * `excerpt` is the source line the position points into, kept here because the printer has no access to the files.
 */
export interface Diagnostic extends Position {
  readonly code: string;
  readonly severity: Severity;
  readonly message: string;
  readonly hint?: string;
  readonly excerpt?: string;
}

/** Finds the position of a node of a YAML document by JSON pointer (RFC 6901); the nearest ancestor where there is no such node. */
export interface Source {
  readonly file: string;
  /** `part` chooses the key of a mapping entry instead of its value. */
  at(pointer: string, part?: "key" | "value"): Position & { readonly excerpt: string };
}
