import type { DiagnosticCode } from "./diagnostic-codes.js";

/** A place in a file of the catalogue. Lines and columns count from 1; columns count UTF-16 units. */
export interface Position {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** A position with the excerpt that a printer shows, since the printer has no access to the files. */
export interface Place extends Position {
  /** The source line the position points into, control characters made visible; a long line is cut around the column. */
  readonly excerpt?: string;
  /** Column of the position within `excerpt`, where that line was cut. */
  readonly excerptColumn?: number;
}

/** `file:line`, for people and for lists of places. */
export const lineOf = ({ file, line }: Position) => `${file}:${line}`;

export type Severity = "error" | "warning";

/** A problem as a value. `code` is stable and documented (docs/diagnostics.md); scripts match on it, never on the message. */
export interface Diagnostic extends Place {
  readonly code: DiagnosticCode;
  readonly severity: Severity;
  readonly message: string;
  readonly hint?: string;
}

/**
 * Finds the position of a node of a YAML document by JSON pointer (RFC 6901), or of its nearest ancestor if there is
 * no such node.
 */
export interface Source {
  readonly file: string;
  /** Characters of the file. */
  readonly length: number;
  /**
   * Whether the text there comes from an expression (`${{ matrix.… }}`), so that no value can be written in its
   * place.
   */
  isComputed?(pointer: string): boolean;
  /** `part` chooses the key of a mapping entry instead of its value. */
  at(pointer: string, part?: "key" | "value"): Place & { readonly excerpt: string };
}

/** A diagnostic of severity `error` at a place. */
export function errorAt(place: Place, code: DiagnosticCode, message: string, hint?: string): Diagnostic {
  return { ...place, code, severity: "error", message, ...(hint === undefined ? {} : { hint }) };
}

/** Joins keys and indexes to a JSON pointer (RFC 6901). */
export function pointerTo(...parts: readonly (string | number)[]): string {
  return parts.map((part) => `/${String(part).replaceAll("~", "~0").replaceAll("/", "~1")}`).join("");
}

/** The keys and indexes that a JSON pointer consists of: the inverse of `pointerTo`. */
export function pointerParts(pointer: string): string[] {
  const [, ...parts] = pointer.split("/");
  return parts.map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"));
}
