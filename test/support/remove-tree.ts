import { rm } from "node:fs/promises";

/**
 * Removes a directory that a process may still be writing to for a moment: the Buildah of a Slipway that a test has
 * killed ends by itself, but adds files until then. No directory is no error.
 */
export async function removeTree(directory: string): Promise<void> {
  await rm(directory, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
}
