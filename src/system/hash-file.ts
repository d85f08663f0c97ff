import { createHash } from "node:crypto";
import { open } from "node:fs/promises";

/** Bytes. With the 64 KiB of streams more time is spent between the calls than in them. */
const CHUNK = 1 << 20;

/** sha256 (64 hex digits) and bytes of a file of any size. Fails with the system's error where it cannot be read. */
export async function hashFile(path: string): Promise<{ readonly sha256: string; readonly size: number }> {
  const hash = createHash("sha256");
  let size = 0;
  const file = await open(path);
  try {
    // One buffer for all of it, no larger than the file: most files are small, and there are tens of thousands. What tells no length has one.
    const { size: told } = await file.stat();
    const buffer = Buffer.allocUnsafeSlow(Math.min(told + 1, CHUNK) || 1);
    for (;;) {
      const { bytesRead } = await file.read(buffer, 0, buffer.length, null);
      if (bytesRead === 0) return { sha256: hash.digest("hex"), size };
      hash.update(buffer.subarray(0, bytesRead));
      size += bytesRead;
    }
  } finally {
    await file.close();
  }
}
