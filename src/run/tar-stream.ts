import { createHash } from "node:crypto";
import type { ContentForm } from "../model/attribution.js";
import { contentForm, HEAD_BYTES, TAIL_BYTES } from "./content-form.js";

/** A member of a tar archive whose contents have been read. */
export interface TarMember {
  /** As in the archive, without `./` before it and `/` after it. See `printable`. */
  readonly name: string;
  /** The header's type flag: `0` file, `1` hard link, `2` symbolic link, `3` and `4` device, `5` directory, `6` pipe. */
  readonly type: string;
  readonly mode: number;
  readonly size: number;
  /** Of a link. */
  readonly target: string;
  readonly device: readonly [major: number, minor: number];
  /** Records of extended headers: `SCHILY.xattr.security.capability`. */
  readonly extended: ReadonlyMap<string, Buffer>;
  /** 64 hex digits; of files. */
  readonly sha256?: string;
  readonly form?: ContentForm;
  /** The contents of files that the caller wanted. */
  readonly content?: Buffer;
}

const BLOCK = 512;
/** Bytes: more than any path needs, and little enough to be harmless. */
const EXTENDED_LIMIT = 1 << 20;

/** What a reader keeps of a file: at most `LIMIT` bytes of those that it wants. */
type Wants = (name: string) => boolean;
const WANTED_LIMIT = 64 << 20;

/** Reads an uncompressed archive as it comes (pax(1), ustar, GNU). Raises Error where it is cut short or not an archive. */
export async function* readTar(
  chunks: AsyncIterable<Buffer>,
  wants: Wants = () => false,
): AsyncGenerator<TarMember, void> {
  const input = new Input(chunks);
  for (let next = await readHeader(input); next !== undefined; next = await readHeader(input)) {
    const { size, type } = next;
    if (type !== "0" && type !== "7") {
      await input.pass(padded(size), () => {});
      yield next;
      continue;
    }
    yield { ...next, type: "0", ...(await readContent(input, size, wants(next.name))) };
  }
  // The rest is padding, and its writer would otherwise die of a closed pipe.
  await input.pass(Number.POSITIVE_INFINITY, () => {});
}

async function readContent(input: Input, size: number, wanted: boolean) {
  if (wanted && size > WANTED_LIMIT) throw new Error(`a file of ${size} bytes that should be small`);
  const hash = createHash("sha256");
  const kept: Buffer[] = [];
  let head = Buffer.alloc(0);
  let tail: Buffer = Buffer.alloc(0);
  await input.pass(size, (part) => {
    hash.update(part);
    if (wanted) kept.push(Buffer.from(part));
    if (head.length < HEAD_BYTES) head = Buffer.concat([head, part.subarray(0, HEAD_BYTES - head.length)]);
    tail = part.length >= TAIL_BYTES ? part : Buffer.concat([tail.subarray(-TAIL_BYTES), part]);
  });
  const form = contentForm(head, tail.subarray(-TAIL_BYTES));
  await input.pass(padded(size) - size, () => {});
  return {
    sha256: hash.digest("hex"),
    ...(form === undefined ? {} : { form }),
    ...(wanted ? { content: Buffer.concat(kept) } : {}),
  };
}

const padded = (size: number) => Math.ceil(size / BLOCK) * BLOCK;

/** undefined: the archive ends here. */
async function readHeader(input: Input): Promise<TarMember | undefined> {
  const extended = new Map<string, Buffer>();
  for (;;) {
    const header = await input.take(BLOCK);
    if (header === undefined || header.every((byte) => byte === 0)) return undefined;
    const type = text(header.subarray(156, 157)) || "0";
    const size = Number(extended.get("size") ?? number(header, 124, 12));
    if (!Number.isSafeInteger(size) || size < 0) throw new Error("not a tar archive");
    if (type === "x" || type === "L" || type === "K" || type === "g") {
      if (size > EXTENDED_LIMIT) throw new Error(`an extended header of ${size} bytes`);
      const bytes = (await input.take(padded(size)))?.subarray(0, size);
      if (bytes === undefined) throw new Error("the archive is cut short");
      if (type === "x") for (const [key, value] of records(bytes)) extended.set(key, value);
      else if (type !== "g") extended.set(type === "L" ? "path" : "linkpath", bytes.subarray(0, end(bytes)));
      continue;
    }
    const isUstar = text(header.subarray(257, 262)) === "ustar";
    const prefix = isUstar && header[262] === 0 ? text(header.subarray(345, 500)) : "";
    const name = extended.get("path") ?? header.subarray(0, end(header.subarray(0, 100)));
    const target = extended.get("linkpath") ?? header.subarray(157, 157 + end(header.subarray(157, 257)));
    return {
      name: clean(`${prefix === "" ? "" : `${prefix}/`}${printable(name)}`),
      type,
      mode: number(header, 100, 8),
      size: type === "0" || type === "7" ? size : 0,
      target: printable(target),
      device: [number(header, 329, 8), number(header, 337, 8)],
      extended,
    };
  }
}

const clean = (name: string) => name.replace(/^(?:\.?\/)+/, "").replace(/\/+$/, "");

/** Characters that end a line, move a terminal's cursor or turn the direction of text. */
const CONTROL = /[\p{Cc}\u2028-\u202e\u2066-\u2069]/gu;

const escaped = (prefix: string, digits: number) => (character: string) =>
  `\\${prefix}${character.charCodeAt(0).toString(16).padStart(digits, "0")}`;

/** The text of a name, in one line. No two names have the same text. */
export function printable(bytes: Buffer): string {
  const decoded = bytes.toString("utf8");
  if (!decoded.includes("\ufffd") || Buffer.from(decoded).equals(bytes))
    return decoded.replaceAll("\\", "\\\\").replace(CONTROL, escaped("u", 4));
  const isPlain = (character: string) => character >= " " && character <= "~" && character !== "\\";
  return [...bytes.toString("latin1")].map((each) => (isPlain(each) ? each : escaped("x", 2)(each))).join("");
}

/** `LENGTH KEY=VALUE\n`, the length in bytes and counting itself. */
function* records(bytes: Buffer): Generator<readonly [string, Buffer]> {
  for (let at = 0; at < bytes.length; ) {
    const space = bytes.indexOf(0x20, at);
    const length = Number(bytes.toString("latin1", at, space));
    if (space < 0 || !(length > space - at)) throw new Error("not an extended header");
    const record = bytes.subarray(space + 1, at + length - 1);
    const equals = record.indexOf(0x3d);
    yield [record.toString("utf8", 0, equals), record.subarray(equals + 1)];
    at += length;
  }
}

/** Where the text of a field ends. */
function end(bytes: Buffer): number {
  const zero = bytes.indexOf(0);
  return zero < 0 ? bytes.length : zero;
}

const text = (bytes: Buffer) => printable(bytes.subarray(0, end(bytes)));

/** Octal digits, or base 256 where the first bit is set (GNU). */
function number(header: Buffer, at: number, length: number): number {
  const first = header[at] as number;
  const bytes = header.subarray(at, at + length);
  if ((first & 0x80) === 0) return Number.parseInt(text(bytes).trim() || "0", 8);
  return bytes.subarray(1).reduce((value, byte) => value * 256 + byte, first & 0x7f);
}

/** Bytes in pieces of the size that is asked for. */
class Input {
  readonly #chunks: AsyncIterator<Buffer>;
  #rest: Buffer = Buffer.alloc(0);

  constructor(chunks: AsyncIterable<Buffer>) {
    this.#chunks = chunks[Symbol.asyncIterator]();
  }

  /** undefined: there is nothing more. */
  async take(size: number): Promise<Buffer | undefined> {
    const parts: Buffer[] = [];
    await this.pass(size, (part) => parts.push(part), true);
    const [first, ...more] = parts;
    if (first === undefined) return size === 0 ? Buffer.alloc(0) : undefined;
    return more.length === 0 ? first : Buffer.concat(parts);
  }

  /** Hands over the next bytes, in pieces. Only at the very start of them may the input end. */
  async pass(size: number, receive: (part: Buffer) => void, mayEnd = false): Promise<void> {
    for (let missing = size; missing > 0; ) {
      if (this.#rest.length === 0) {
        const { done, value } = await this.#chunks.next();
        if (done) {
          if ((mayEnd && missing === size) || size === Number.POSITIVE_INFINITY) return;
          throw new Error("the archive is cut short");
        }
        this.#rest = value;
      }
      const part = this.#rest.subarray(0, missing);
      this.#rest = this.#rest.subarray(part.length);
      missing -= part.length;
      receive(part);
    }
  }
}
