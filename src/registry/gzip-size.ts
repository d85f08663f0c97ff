import { open } from "node:fs/promises";

/** Whether a layer's media type says that its blob is compressed by gzip (OCI `+gzip`, Docker `.gzip`). */
export const isGzip = (mediaType: string) => /[+.]gzip$/.test(mediaType);
/** Whether it says that the blob is a plain archive. */
export const isPlain = (mediaType: string) => /\.tar$/.test(mediaType);

/**
 * Bytes of a gzip file's content according to its last four bytes (RFC 1952, ISIZE): correct below 4 GiB for files of one member,
 * which all builders of images write.
 */
export function unpackedSize(lastFour: Uint8Array): number | undefined {
  return lastFour.length === 4 ? Buffer.from(lastFour).readUInt32LE(0) : undefined;
}

/** The last four bytes of a file. */
export async function lastFourBytes(path: string): Promise<Uint8Array> {
  const file = await open(path);
  try {
    const { size } = await file.stat();
    const { buffer, bytesRead } = await file.read(Buffer.alloc(4), 0, 4, Math.max(0, size - 4));
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

/** The sum, where every part is known. */
export function sumKnown(parts: readonly (number | undefined)[]): number | undefined {
  return parts.reduce((sum, part) => (sum === undefined || part === undefined ? undefined : sum + part), 0);
}
