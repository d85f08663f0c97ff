import { existsSync } from "node:fs";
import { readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Digest } from "../model/names.js";
import { makeDirectory } from "../system/make-directory.js";

/**
 * In a storage that is Slipway's own: an empty file for each image that later runs may want. A storage that others have filled has no
 * such directory, and nothing in it is removed.
 */
const KEPT = "slipway-kept";

/** Whether everything in a storage is Slipway's, to be removed at its will. */
export const isOwnStorage = (storage: string) => existsSync(join(storage, KEPT));

/** Takes a storage as Slipway's own. `images`: what is in it already and stays, as Buildah names it. */
export async function ownStorage(storage: string, images: Iterable<string>): Promise<void> {
  makeDirectory(join(storage, KEPT));
  for (const id of images) await writeFile(join(storage, KEPT, id), "");
}

/**
 * Marks an image as one to keep, because a registry has it: whatever else a storage of Slipway's own holds is unfinished, or was left by a
 * run that was killed.
 */
export async function keepImage(storage: string, imageId: Digest): Promise<void> {
  if (isOwnStorage(storage)) await writeFile(join(storage, KEPT, imageId.slice("sha256:".length)), "");
}

/** Those of all images of an own storage (64 hex digits) that nobody wants; forgets marks of others. */
export async function unwantedImages(storage: string, images: ReadonlySet<string>): Promise<readonly string[]> {
  const kept = new Set(await readdir(join(storage, KEPT)));
  for (const id of kept) if (!images.has(id)) await rm(join(storage, KEPT, id), { force: true });
  return [...images].filter((id) => !kept.has(id));
}
