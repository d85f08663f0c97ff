import { inflateRawSync } from "node:zlib";
import { crc32 } from "./crc32.mjs";

/**
 * A reader of zip files, as far as code comes in them: APPNOTE.TXT 6.3.10, sections 4.3.7, 4.3.12 and 4.3.16. No zip64, no encryption, no
 * parts; methods stored and deflate.
 *
 * @typedef {object} Entry
 * @property {string} name with `/` at its end where it is a directory
 * @property {number | undefined} mode type and permissions of Unix; undefined where the file was not made on Unix
 * @property {number} size unpacked
 * @property {() => Buffer} read throws where the content is broken
 */

const END = { signature: 0x06054b50, size: 22 };
const CENTRAL = { signature: 0x02014b50, size: 46 };
const LOCAL = { signature: 0x04034b50, size: 30 };
const ENCRYPTED = 1;
const STORED = 0;
const DEFLATED = 8;
/** Hosts whose external attributes have a mode in their upper half: Unix and macOS. */
const UNIX = new Set([3, 19]);

/**
 * @param {Buffer} zip
 * @param {number} limit bytes of all entries, unpacked
 * @returns {Entry[]} throws an Error that says what is wrong
 */
export function readZip(zip, limit) {
  const end = endRecord(zip);
  const count = zip.readUInt16LE(end + 10);
  let at = zip.readUInt32LE(end + 16);
  let total = 0;
  /** @type {Entry[]} */
  const entries = [];
  for (let number = 0; number < count; number++) {
    if (at + CENTRAL.size > end || zip.readUInt32LE(at) !== CENTRAL.signature)
      throw new Error("its directory is broken");
    const entry = readEntry(zip, at);
    total += entry.size;
    if (total > limit) throw new Error(`it has more than ${limit} bytes, unpacked`);
    entries.push(entry);
    at += CENTRAL.size + zip.readUInt16LE(at + 28) + zip.readUInt16LE(at + 30) + zip.readUInt16LE(at + 32);
  }
  return entries;
}

/** @param {Buffer} zip */
function endRecord(zip) {
  // A comment of up to 65,535 bytes may follow.
  const first = Math.max(0, zip.length - END.size - 0xffff);
  for (let at = zip.length - END.size; at >= first; at--)
    if (zip.readUInt32LE(at) === END.signature && at + END.size + zip.readUInt16LE(at + 20) === zip.length) return at;
  throw new Error("it is no zip file, or its end is missing");
}

/**
 * @param {Buffer} zip
 * @param {number} at of its record in the central directory
 * @returns {Entry}
 */
function readEntry(zip, at) {
  const flags = zip.readUInt16LE(at + 8);
  const method = zip.readUInt16LE(at + 10);
  const crc = zip.readUInt32LE(at + 16);
  const packedSize = zip.readUInt32LE(at + 20);
  const size = zip.readUInt32LE(at + 24);
  const nameEnd = at + CENTRAL.size + zip.readUInt16LE(at + 28);
  const local = zip.readUInt32LE(at + 42);
  const name = zip.toString("utf8", at + CENTRAL.size, nameEnd);
  const broken = (/** @type {string} */ why) => new Error(`${JSON.stringify(name)}: ${why}`);
  if ([packedSize, size, local].includes(0xffffffff)) throw broken("zip64 is not supported");
  if (flags & ENCRYPTED) throw broken("it is encrypted");
  if (method !== STORED && method !== DEFLATED) throw broken(`compression method ${method} is not supported`);

  const read = () => {
    if (local + LOCAL.size > zip.length || zip.readUInt32LE(local) !== LOCAL.signature) throw broken("it is not there");
    const start = local + LOCAL.size + zip.readUInt16LE(local + 26) + zip.readUInt16LE(local + 28);
    const packed = zip.subarray(start, start + packedSize);
    // Never more than the directory says, so that its sum holds.
    const content = method === STORED ? packed : inflate(packed, size);
    if (content?.length !== size || crc32(content) !== crc) throw broken("its content is broken");
    return content;
  };
  const mode = UNIX.has(zip.readUInt8(at + 5)) ? zip.readUInt32LE(at + 38) >>> 16 : 0;
  return { name, mode: mode === 0 ? undefined : mode, size, read };
}

/**
 * @param {Buffer} packed
 * @param {number} size
 * @returns {Buffer | undefined} undefined: broken, or longer than it should be
 */
function inflate(packed, size) {
  try {
    return inflateRawSync(packed, { maxOutputLength: Math.max(size, 1) });
  } catch {
    return undefined;
  }
}
