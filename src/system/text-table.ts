const NEWLINE = 10;

/** Up to this many questions are answered by searching the text; more are worth a map. */
const FEW = 50;

/** Texts without line feeds, by number and the other way round, in one buffer: as single strings, a hundred thousand would take long to make. */
export class TextTable {
  readonly #bytes: Buffer;
  /** Where each text begins, and one more, where the next one would. */
  readonly #starts: Uint32Array;
  #numbers: Map<string, number> | undefined;
  #asked = 0;

  /** `bytes`: a line feed, then each text with a line feed behind it. */
  constructor(bytes: Buffer, starts: Uint32Array) {
    this.#bytes = bytes;
    this.#starts = starts;
  }

  static of(texts: readonly string[]): TextTable {
    const starts = new Uint32Array(texts.length + 1);
    const parts = ["\n"];
    let at = 1;
    for (const [index, text] of texts.entries()) {
      starts[index] = at;
      parts.push(text, "\n");
      at += Buffer.byteLength(text) + 1;
    }
    starts[texts.length] = at;
    return new TextTable(Buffer.from(parts.join("")), starts);
  }

  get parts(): { readonly bytes: Buffer; readonly starts: Uint32Array } {
    return { bytes: this.#bytes, starts: this.#starts };
  }

  get length(): number {
    return this.#starts.length - 1;
  }

  at(index: number): string {
    return this.#bytes.toString("utf8", this.#starts[index], (this.#starts[index + 1] as number) - 1);
  }

  /** -1: it is not in the table. */
  indexOf(text: string): number {
    if (text.includes("\n")) return -1;
    if (++this.#asked > FEW) return this.#map().get(text) ?? -1;
    const found = this.#bytes.indexOf(`\n${text}\n`);
    return found < 0 ? -1 : this.#startingAt(found + 1);
  }

  /** The texts that begin with a prefix. */
  *startingWith(prefix: string): Generator<number> {
    // Behind the last line feed there is no text.
    const end = this.#bytes.length - 1;
    for (let found = this.#bytes.indexOf(`\n${prefix}`); found >= 0 && found < end; ) {
      yield this.#startingAt(found + 1);
      found = this.#bytes.indexOf(`\n${prefix}`, this.#bytes.indexOf(NEWLINE, found + 1));
    }
  }

  #startingAt(offset: number): number {
    let low = 0;
    let high = this.length;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if ((this.#starts[middle] as number) <= offset) low = middle;
      else high = middle;
    }
    return low;
  }

  #map(): ReadonlyMap<string, number> {
    if (this.#numbers === undefined) {
      this.#numbers = new Map();
      for (let index = 0; index < this.length; index++) this.#numbers.set(this.at(index), index);
    }
    return this.#numbers;
  }
}
