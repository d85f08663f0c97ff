import type { Place, Source } from "../../model/diagnostic.js";
import { excerptOf } from "./excerpt.js";

/** A file that is not YAML: its places are named by line and column, `/3/5`. Anything after that is ignored. */
export class TextSource implements Source {
  #lines: readonly string[] | undefined;

  constructor(
    readonly file: string,
    readonly text: string,
  ) {}

  get length(): number {
    return this.text.length;
  }

  at(pointer: string): Place & { readonly excerpt: string } {
    this.#lines ??= this.text.split(/\r\n?|\n/);
    const [, line = 1, column = 1] = pointer.split("/").map(Number);
    const text = this.#lines[line - 1] ?? "";
    return { file: this.file, line, column, ...excerptOf(text, column) };
  }
}
