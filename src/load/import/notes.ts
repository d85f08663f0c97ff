import type { Position } from "../../model/diagnostic.js";
import type { ImportNote, NoteSeverity } from "../../model/import-note.js";

/** Collects notes while documents are read. */
export class Notes {
  readonly #all: ImportNote[] = [];
  /** What is read twice, because two images share it, is said once. */
  readonly #said = new Set<string>();

  get all(): readonly ImportNote[] {
    return this.#all;
  }

  get hasErrors(): boolean {
    return this.#all.some(({ severity }) => severity === "error");
  }

  error(place: Position, message: string, hint?: string): void {
    this.#add("error", place, message, hint);
  }

  warning(place: Position, message: string, hint?: string): void {
    this.#add("warning", place, message, hint);
  }

  note(place: Position, message: string, hint?: string): void {
    this.#add("note", place, message, hint);
  }

  #add(severity: NoteSeverity, { file, line, column }: Position, message: string, hint?: string): void {
    const key = JSON.stringify([file, line, column, message]);
    if (this.#said.has(key)) return;
    this.#said.add(key);
    this.#all.push({ file, line, column, severity, message, ...(hint === undefined ? {} : { hint }) });
  }
}
