import { rm } from "node:fs/promises";
import { join } from "node:path";
import type { Digest } from "../model/names.js";
import type { Buildah } from "./buildah.js";
import { bareId } from "./images.js";
import { lastLines } from "./process.js";
import { StepFailure } from "./runner.js";
import { markDamaged } from "./storage-marks.js";

/**
 * After a failed build: whether the files of what it was built on are still those that were stored, by the checksums that Buildah keeps of them. Reading
 * them before each build would take as long as many builds do. Raises StepFailure where they are not, and marks the storage. `directory` is
 * an existing one for temporary files.
 */
export async function requireIntact(
  buildah: Buildah,
  images: Iterable<Digest>,
  { directory, signal }: { readonly directory: string; readonly signal: AbortSignal },
): Promise<void> {
  const copy = join(directory, "intact");
  for (const imageId of images) {
    const pushed = await buildah.run(["push", "--quiet", "--compression-level", "0", bareId(imageId), `dir:${copy}`], {
      signal,
    });
    await rm(copy, { recursive: true, force: true });
    const file = /file integrity checksum failed for "(.*)"/.exec(pushed.stderr)?.[1];
    if (file === undefined) continue;
    const damage = `the file ${file} of ${imageId} is damaged in local storage`;
    await markDamaged(buildah.system.storage.root, damage);
    throw new StepFailure(
      "MACHINE_FAILED",
      `${damage}: run this again, which makes the storage anew`,
      lastLines(pushed.stderr),
    );
  }
}
