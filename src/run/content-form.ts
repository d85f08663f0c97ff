import { constants, gunzipSync } from "node:zlib";
import type { ContentForm } from "../model/attribution.js";

/** Bytes that are looked at: at the start, and at the end, where a ZIP archive has its directory behind a comment of up to 64 KiB. */
export const HEAD_BYTES = 4096;
export const TAIL_BYTES = 65_557;

const ascii = (text: string) => Buffer.from(text, "latin1");

/** What files begin with (magic(5)). */
const MAGIC: readonly (readonly [ContentForm, Buffer])[] = [
  ["elf", ascii("\x7fELF")],
  ["script", ascii("#!")],
  ["archive", ascii("PK\x03\x04")],
  ["archive", ascii("PK\x05\x06")],
  // Static libraries, and the packages of Debian.
  ["library", ascii("!<arch>\n")],
  ["library", ascii("!<thin>\n")],
  ["archive", ascii("\xed\xab\xee\xdb")],
  // Whatever is compressed by anything but gzip, into which the function below looks.
  ["archive", ascii("\xfd7zXZ\0")],
  ["archive", ascii("BZh")],
  ["archive", ascii("\x28\xb5\x2f\xfd")],
  ["archive", ascii("\x04\x22\x4d\x18")],
  ["archive", ascii("7z\xbc\xaf\x27\x1c")],
  ["archive", ascii("hsqs")],
  ["archive", ascii("070701")],
  ["archive", ascii("070707")],
  // Programs of other systems, for which a kernel may have an interpreter, and of virtual machines.
  ["program", ascii("MZ")],
  ["program", ascii("\0asm")],
  ["bytecode", ascii("\xca\xfe\xba\xbe")],
  ["bytecode", ascii("\x1bLua")],
  ["bytecode", ascii("BC\xc0\xde")],
  ["bytecode", ascii("dex\n")],
  ["bytecode", ascii("YARB")],
];

const GZIP = ascii("\x1f\x8b");

/** What a file is by its first and last bytes; undefined: nothing that runs by itself. */
export function contentForm(head: Buffer, tail: Buffer): ContentForm | undefined {
  const known = MAGIC.find(([, magic]) => head.subarray(0, magic.length).equals(magic))?.[0];
  if (known === "script") return isZip(tail) ? "archive" : "script";
  if (known !== undefined) return known;
  if (head.subarray(257, 262).equals(ascii("ustar"))) return "archive";
  // The bytecode of Python starts with a number of its version and a line break (importlib/_bootstrap_external.py).
  if (head.length >= 16 && head[2] === 0x0d && head[3] === 0x0a) return "bytecode";
  if (head.subarray(0, 2).equals(GZIP)) return packedForm(head);
  return isZip(tail) ? "archive" : undefined;
}

/** The record that a ZIP archive ends with: interpreters find it behind anything. */
const isZip = (tail: Buffer) => tail.lastIndexOf(ascii("PK\x05\x06")) >= 0;

/** A compressed page is a page; a compressed archive or program is one. */
function packedForm(head: Buffer): ContentForm | undefined {
  try {
    const start = gunzipSync(head, { finishFlush: constants.Z_SYNC_FLUSH, maxOutputLength: 8 << 20 });
    return contentForm(start.subarray(0, HEAD_BYTES), Buffer.alloc(0)) === undefined ? undefined : "archive";
  } catch {
    return "archive";
  }
}
