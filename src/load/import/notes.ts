import type { Position } from "../../model/diagnostic.js";
import type { ImportNote, NoteSeverity } from "../../model/import-note.js";

/** Collects notes while documents are read. */
export class Notes {
  readonly #all: ImportNote[] = [];
  /** What is read twice, because two images share it, is said once. */
  readonly #said = new Set<string>();
  #hasErrors = false;

  /** File by file as they were read, in each from top to bottom. */
  sorted(): readonly ImportNote[] {
    const files = [...new Set(this.#all.map(({ file }) => file))];
    const orders = new Map(files.map((file, order) => [file, order]));
    const order = ({ file }: ImportNote) => orders.get(file) ?? 0;
    return [...this.#all].sort((a, b) => order(a) - order(b) || a.line - b.line || a.column - b.column);
  }

  get hasErrors(): boolean {
    return this.#hasErrors;
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
    if (severity === "error") this.#hasErrors = true;
    this.#all.push({ file, line, column, severity, message, ...(hint === undefined ? {} : { hint }) });
  }
}
