import { AsyncLocalStorage } from "node:async_hooks";

const LIMIT_REACHED = "… (the rest is in the logs of the container)";

/** What one call has written to one stream, up to a limit. */
class Captured {
  /** @type {Buffer[]} */
  #chunks = [];
  #size = 0;
  #limit;

  /** @param {number} limit bytes */
  constructor(limit) {
    this.#limit = limit;
  }

  /** @param {Buffer} bytes */
  add(bytes) {
    const part = bytes.subarray(0, Math.max(0, this.#limit - this.#size));
    if (part.length > 0) this.#chunks.push(Buffer.from(part));
    this.#size += bytes.length;
  }

  get lines() {
    const text = Buffer.concat(this.#chunks).toString();
    const lines = text === "" ? [] : text.replace(/\n$/, "").split("\n");
    return this.#size > this.#limit ? [...lines, LIMIT_REACHED] : lines;
  }
}

/**
 * What is written to standard output and standard error, and by which call: also from what the call has started and waits for, whatever
 * other calls do meanwhile. All of it goes to the logs of the container, too.
 */
export class CallLogs {
  /** @type {AsyncLocalStorage<{stdout: Captured, stderr: Captured}>} */
  #calls = new AsyncLocalStorage();
  #limit;

  /** @param {number} limit bytes of each stream of one call */
  constructor(limit) {
    this.#limit = limit;
  }

  /** Begins to listen. */
  install() {
    for (const name of /** @type {const} */ (["stdout", "stderr"])) {
      const stream = process[name];
      const write = stream.write;
      /** @type {(...given: any[]) => boolean} */
      const captured = (chunk, encoding, ...more) => {
        const bytes =
          typeof chunk === "string"
            ? Buffer.from(chunk, typeof encoding === "string" ? /** @type {BufferEncoding} */ (encoding) : "utf8")
            : chunk;
        if (bytes instanceof Uint8Array) this.#calls.getStore()?.[name].add(Buffer.from(bytes));
        return write.call(stream, chunk, encoding, ...more);
      };
      stream.write = captured;
    }
  }

  /** Whether a call is what is running now. */
  get inCall() {
    return this.#calls.getStore() !== undefined;
  }

  /**
   * @template T
   * @param {() => Promise<T>} work
   * @returns {Promise<{result: T, logs: {stdout: string[], stderr: string[]}}>}
   */
  async of(work) {
    const call = { stdout: new Captured(this.#limit), stderr: new Captured(this.#limit) };
    const result = await this.#calls.run(call, work);
    return { result, logs: { stdout: call.stdout.lines, stderr: call.stderr.lines } };
  }
}
