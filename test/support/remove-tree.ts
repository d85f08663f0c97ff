import { rm } from "node:fs/promises";

/**
 * Removes a directory that a process may still be writing to for a moment: if a test kills Slipway, its Buildah ends on
 * its own, but adds files until then. A missing directory is not an error.
 */
export async function removeTree(directory: string): Promise<void> {
  await rm(directory, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
}
