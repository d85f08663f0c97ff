import { mkdir, readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Digest } from "../model/names.js";

/** In a storage: an empty file for each image that later runs may want. A storage that is made anew has lost both. */
const KEPT = "slipway-kept";

/**
 * Marks an image as one to keep, because a registry has it: whatever else a storage holds is unfinished, or was left by a run that was
 * killed.
 */
export async function keepImage(storage: string, imageId: Digest): Promise<void> {
  await mkdir(join(storage, KEPT), { recursive: true });
  await writeFile(join(storage, KEPT, imageId.slice("sha256:".length)), "");
}

/** Those of some images (64 hex digits) that nobody wants; forgets marks of others. */
export async function unwantedImages(storage: string, images: ReadonlySet<string>): Promise<readonly string[]> {
  const kept = new Set(await readdir(join(storage, KEPT)).catch(() => []));
  for (const id of kept) if (!images.has(id)) await rm(join(storage, KEPT, id), { force: true });
  return [...images].filter((id) => !kept.has(id));
}
