import { rm } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";

const LIMIT = 3_000; // ms
const PAUSE = 50; // ms

/**
 * Removes a directory that a process may still be writing to for a moment: if a test kills Slipway, its Buildah ends on
 * its own, but adds files until then. A missing directory is not an error; one that cannot be removed within three seconds is.
 * (The retries of `rm` itself multiply with each level of directories: one mount deep in a tree keeps it busy for years.)
 */
export async function removeTree(directory: string): Promise<void> {
  const end = performance.now() + LIMIT;
  for (;;) {
    try {
      return await rm(directory, { recursive: true, force: true });
    } catch (error) {
      if (performance.now() > end) throw error;
      await sleep(PAUSE);
    }
  }
}
