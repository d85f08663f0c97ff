import { readFileSync } from "node:fs";
import { inflateRawSync } from "node:zlib";
import { type Entry, fromBuffer, type ZipFile } from "yauzl";

export interface ZipMember {
  readonly name: string;
  readonly content: Buffer;
}

/** More than any record of its kind has; a member that claims to be larger, or is, is no such record. */
const MAX_MEMBER_BYTES = 32 * 1024 * 1024;
const [STORED, DEFLATED] = [0, 8];

/**
 * The files of an archive, one after the other. yauzl reads the directory; the members are taken from memory without its streams,
 * which cost more than a small member itself. Rejects with Error where it is no archive.
 */
export async function readZip(
  path: string,
  receive: (member: ZipMember | { readonly name: string; readonly problem: string }) => void,
) {
  const bytes = readFileSync(path);
  const zip = await new Promise<ZipFile>((done, reject) => {
    fromBuffer(bytes, { lazyEntries: true }, (error, opened) => (opened ? done(opened) : reject(error)));
  });
  await new Promise<void>((done, reject) => {
    zip.on("error", reject);
    zip.on("end", done);
    zip.on("entry", (entry) => {
      if (!entry.fileName.endsWith("/")) receive(member(entry, bytes));
      zip.readEntry();
    });
    zip.readEntry();
  });
}

function member(entry: Entry, bytes: Buffer) {
  const name = entry.fileName;
  try {
    return { name, content: contentOf(entry, bytes) };
  } catch (error) {
    return { name, problem: `it cannot be unpacked: ${error instanceof Error ? error.message : error}` };
  }
}

/** A local file header has 30 bytes, and says how long the two fields behind it are (APPNOTE.TXT, 4.3.7). */
function contentOf(
  { relativeOffsetOfLocalHeader: offset, compressedSize, compressionMethod }: Entry,
  bytes: Buffer,
): Buffer {
  const start = offset + 30 + bytes.readUInt16LE(offset + 26) + bytes.readUInt16LE(offset + 28);
  const packed = bytes.subarray(start, start + compressedSize);
  if (compressionMethod === STORED) return packed;
  if (compressionMethod !== DEFLATED) throw new Error(`compression method ${compressionMethod}`);
  return inflateRawSync(packed, { maxOutputLength: MAX_MEMBER_BYTES });
}
