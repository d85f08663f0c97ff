import { createHash } from "node:crypto";
import { closeSync, openSync, readSync } from "node:fs";
import type { Digest } from "../model/names.js";
import { RegistryError } from "../model/registry.js";
import { hashFile } from "../system/hash-file.js";

/** The digest of a file of any size. Raises RegistryError where it cannot be read. */
export async function fileDigest(path: string): Promise<Digest> {
  try {
    return `sha256:${(await hashFile(path)).sha256}` as Digest;
  } catch (error) {
    throw new RegistryError(`${path} cannot be read: ${(error as Error).message}`, { cause: error });
  }
}

/** The same at once, for the rare file that somebody has written to. */
export function fileDigestSync(path: string): Digest {
  const hash = createHash("sha256");
  const chunk = Buffer.allocUnsafe(1 << 20);
  try {
    const file = openSync(path, "r");
    try {
      for (let read = readSync(file, chunk); read > 0; read = readSync(file, chunk))
        hash.update(chunk.subarray(0, read));
    } finally {
      closeSync(file);
    }
  } catch (error) {
    throw new RegistryError(`${path} cannot be read: ${(error as Error).message}`, { cause: error });
  }
  return `sha256:${hash.digest("hex")}` as Digest;
}
