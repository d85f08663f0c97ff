import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import type { Digest } from "../model/names.js";
import { RegistryError } from "../model/registry.js";

/** The digest of a file of any size. Raises RegistryError where it cannot be read. */
export async function fileDigest(path: string): Promise<Digest> {
  const hash = createHash("sha256");
  try {
    for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) hash.update(chunk);
  } catch (error) {
    throw new RegistryError(`${path} cannot be read: ${(error as Error).message}`, { cause: error });
  }
  return `sha256:${hash.digest("hex")}` as Digest;
}
