import type { Position } from "../../model/diagnostic.js";
import type { ImportNote, NoteSeverity } from "../../model/import-note.js";

/** Characters of a message: it may quote the document. */
const MAX_MESSAGE = 400;

/** Collects notes while documents are read. */
export class Notes {
  readonly #all: ImportNote[] = [];
  /** A note about something that two images share is kept once. */
  readonly #keys = new Set<string>();
  #errors = 0;

  /** File by file as they were read, in each from top to bottom. */
  sorted(): readonly ImportNote[] {
    const files = [...new Set(this.#all.map(({ file }) => file))];
    const orders = new Map(files.map((file, order) => [file, order]));
    const order = ({ file }: ImportNote) => orders.get(file) ?? 0;
    return [...this.#all].sort((a, b) => order(a) - order(b) || a.line - b.line || a.column - b.column);
  }

  get errors(): number {
    return this.#errors;
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
    const text = message.length > MAX_MESSAGE ? `${message.slice(0, MAX_MESSAGE)}…` : message;
    const key = JSON.stringify([file, line, column, text]);
    if (this.#keys.has(key)) return;
    this.#keys.add(key);
    if (severity === "error") this.#errors++;
    this.#all.push({ file, line, column, severity, message: text, ...(hint === undefined ? {} : { hint }) });
  }
}
