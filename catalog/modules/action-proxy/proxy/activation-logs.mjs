/** What tells a reader of the logs that all of one activation has been written (OpenWhisk). */
export const END_OF_ACTIVATION = "XXX_THE_END_OF_A_WHISK_ACTIVATION_XXX";

const NEWLINE = 10;

/**
 * Standard output and standard error of the proxy, which are the logs of actions: bytes are passed on as they are. Writing to a pipe or a
 * file is synchronous, so what was written before an answer is in the logs before it.
 */
export class ActivationLogs {
  /** @type {{stream: NodeJS.WritableStream, atLineStart: boolean}} */
  #out;
  /** @type {{stream: NodeJS.WritableStream, atLineStart: boolean}} */
  #err;

  /**
   * @param {NodeJS.WritableStream} out
   * @param {NodeJS.WritableStream} err
   */
  constructor(out, err) {
    this.#out = { stream: out, atLineStart: true };
    this.#err = { stream: err, atLineStart: true };
  }

  /** @param {Buffer} bytes */
  out(bytes) {
    write(this.#out, bytes);
  }

  /** @param {Buffer} bytes */
  err(bytes) {
    write(this.#err, bytes);
  }

  /**
   * A line of the proxy's own.
   *
   * @param {string} text
   * @param {"out" | "err"} [where]
   */
  say(text, where = "err") {
    writeLine(where === "out" ? this.#out : this.#err, text);
  }

  /** Once in each stream, on a line of its own even where the action's last line has no end. */
  endActivation() {
    for (const log of [this.#out, this.#err]) writeLine(log, END_OF_ACTIVATION);
  }
}

/**
 * @param {{stream: NodeJS.WritableStream, atLineStart: boolean}} log
 * @param {Buffer} bytes
 */
function write(log, bytes) {
  if (bytes.length === 0) return;
  log.stream.write(bytes);
  log.atLineStart = bytes.at(-1) === NEWLINE;
}

/**
 * @param {{stream: NodeJS.WritableStream, atLineStart: boolean}} log
 * @param {string} text
 */
const writeLine = (log, text) => write(log, Buffer.from(`${log.atLineStart ? "" : "\n"}${text}\n`));
