const NEWLINE = 10;

/** Passes on a stream of bytes as it comes, but for its last line, which is kept: it is the result of an action. */
export class LastLine {
  /** @type {Buffer[]} */
  #kept = [];
  #size = 0;
  #tooLong = false;
  #limit;
  #passOn;

  /**
   * @param {number} limit bytes; a line that is longer is passed on, too, so that no action can fill the memory
   * @param {(bytes: Buffer) => void} passOn
   */
  constructor(limit, passOn) {
    this.#limit = limit;
    this.#passOn = passOn;
  }

  /** @param {Buffer} chunk */
  push(chunk) {
    if (chunk.length === 0) return;
    // A line that has ended is the last one only as long as nothing follows.
    if (this.#kept.at(-1)?.at(-1) === NEWLINE) this.flush();
    const end = chunk.subarray(0, -1).lastIndexOf(NEWLINE);
    if (end >= 0) {
      this.flush();
      this.#passOn(chunk.subarray(0, end + 1));
      this.#tooLong = false;
    }
    const rest = chunk.subarray(end + 1);
    this.#kept.push(rest);
    this.#size += rest.length;
    if (this.#size > this.#limit || this.#tooLong) {
      this.flush();
      this.#tooLong = rest.at(-1) !== NEWLINE;
    }
  }

  /** The last line with its line break, if it has one; undefined where it was too long. */
  get bytes() {
    return this.#tooLong ? undefined : Buffer.concat(this.#kept, this.#size);
  }

  /** Passes on what is kept: it is no result but a line of the log. */
  flush() {
    for (const bytes of this.#kept) this.#passOn(bytes);
    this.#kept = [];
    this.#size = 0;
  }
}
