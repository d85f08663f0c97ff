import { closeSync, fstatSync, openSync, readSync } from "node:fs";

/** Bytes read at once. */
const CHUNK = 65_536;
/** Characters of a line that has not ended; what is longer is given in parts. */
const LONGEST = 8192;

/**
 * Reads what is appended to a log file, in whole lines. It asks for more when it is told to: watching would cost a system resource
 * for each image.
 */
export class LogFollower {
  #offset = 0;
  #rest = "";
  readonly #path: string;
  #decoder = new TextDecoder();

  constructor(path: string) {
    this.#path = path;
  }

  /** The lines since the last call. A line that was rewritten after a carriage return counts as several. `last`: also one that has not ended. */
  read({ last = false } = {}): string[] {
    const text = this.#rest + this.#more();
    const lines = text.split(/\r?\n|\r(?!$)/);
    this.#rest = lines.pop() ?? "";
    if (this.#rest !== "" && (last || this.#rest.length > LONGEST)) {
      lines.push(this.#rest);
      this.#rest = "";
    }
    return lines.filter((line) => line !== "");
  }

  #more(): string {
    let file: number;
    try {
      file = openSync(this.#path, "r");
    } catch {
      return "";
    }
    try {
      // The file was emptied: another attempt has begun.
      if (fstatSync(file).size < this.#offset) {
        this.#offset = 0;
        this.#decoder = new TextDecoder();
      }
      const buffer = Buffer.alloc(CHUNK);
      let text = "";
      for (let count = 1; count > 0; this.#offset += count) {
        count = readSync(file, buffer, 0, CHUNK, this.#offset);
        text += this.#decoder.decode(buffer.subarray(0, count), { stream: true });
      }
      return text;
    } finally {
      closeSync(file);
    }
  }
}

/** The step that Buildah announces in a line, in words: `step 3/7`, `stage 1/2, step 3/7`. */
export function stepIn(line: string): string | undefined {
  const step = /^(?:\[(\d{1,4})\/(\d{1,4})\] )?STEP (\d{1,4})\/(\d{1,4}):/.exec(line);
  if (step === null) return undefined;
  const [, stage, stages, number, count] = step;
  return `${stage === undefined ? "" : `stage ${stage}/${stages}, `}step ${number}/${count}`;
}
