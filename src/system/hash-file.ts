import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";

/** sha256 (64 hex digits) and bytes of a file of any size. Fails with the system's error where it cannot be read. */
export async function hashFile(path: string): Promise<{ readonly sha256: string; readonly size: number }> {
  const hash = createHash("sha256");
  let size = 0;
  // Large chunks: with the default of 64 KiB more time is spent between the calls than in them.
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 }) as AsyncIterable<Buffer>) {
    hash.update(chunk);
    size += chunk.length;
  }
  return { sha256: hash.digest("hex"), size };
}
