import { readFileSync } from "node:fs";
import { inflateRawSync } from "node:zlib";
import { type Entry, fromBufferPromise, type ZipFile } from "yauzl";

export interface ZipMember {
  readonly name: string;
  readonly content: Buffer;
}

/** No record of its kind is this large: a member that claims to be larger, or is, is not one. */
const MAX_MEMBER_BYTES = 32 * 1024 * 1024;

/**
 * Reads the files of an archive, one after the other. yauzl reads the directory and the headers; the members are taken from
 * memory without its streams, which cost more than a small member itself. Rejects with Error if it is not an archive.
 */
export async function readZip(
  path: string,
  receive: (member: ZipMember | { readonly name: string; readonly problem: string }) => void,
) {
  const bytes = readFileSync(path);
  const zip = await fromBufferPromise(bytes);
  for await (const entry of zip.eachEntry())
    if (!entry.fileName.endsWith("/")) receive(await readMember(zip, entry, bytes));
}

async function readMember(zip: ZipFile, entry: Entry, bytes: Buffer) {
  const name = entry.fileName;
  try {
    return { name, content: await contentOf(zip, entry, bytes) };
  } catch (error) {
    return { name, problem: `it cannot be unpacked: ${error instanceof Error ? error.message : error}` };
  }
}

async function contentOf(zip: ZipFile, entry: Entry, bytes: Buffer): Promise<Buffer> {
  if (entry.isEncrypted()) throw new Error("it is encrypted");
  if (!entry.canDecodeFileData()) throw new Error(`compression method ${entry.compressionMethod}`);
  const { fileDataStart: start } = await zip.readLocalFileHeaderPromise(entry, { minimal: true });
  const packed = bytes.subarray(start, start + entry.compressedSize);
  return entry.isCompressed() ? inflateRawSync(packed, { maxOutputLength: MAX_MEMBER_BYTES }) : packed;
}
