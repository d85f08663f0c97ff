import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { acquireMutex, tryMutex, withMutex } from "../system/mutex.js";

const PREFIX = ".slipway-staging-";

/** Staging directories of this process: their mutexes need not be probed. */
const own = new Set<string>();

/**
 * Runs `action` with a new directory inside a layout, on its file system, so that files can be linked into it and renamed out of it. The
 * directory is removed afterwards. One that a killed process left is removed by the next caller of any process: each has a mutex that
 * is held while it is in use, which unlike a process number in its name is also right for processes of another container.
 */
export async function withStaging<T>(
  layout: { readonly directory: string; readonly lockFile: string },
  signal: AbortSignal,
  action: (directory: string) => Promise<T>,
): Promise<T> {
  const directory = join(layout.directory, PREFIX + randomBytes(8).toString("hex"));
  const lockFile = join(directory, "lock");
  own.add(directory);
  try {
    // Both under the layout's mutex: nobody may see the directory before its own mutex is held.
    const lock = await withMutex(layout.lockFile, signal, async () => {
      await removeStale(layout.directory, signal);
      await mkdir(directory);
      return acquireMutex(lockFile, signal);
    });
    try {
      return await action(directory);
    } finally {
      await remove(directory);
      await lock.release();
    }
  } finally {
    own.delete(directory);
  }
}

async function removeStale(layout: string, signal: AbortSignal): Promise<void> {
  for (const name of await readdir(layout)) {
    const directory = join(layout, name);
    if (!name.startsWith(PREFIX) || own.has(directory)) continue;
    // A process that died between the two steps above left no file of a mutex; creating it here does no harm.
    const lock = await tryMutex(join(directory, "lock"), signal).catch((error: unknown) => {
      // The process that used it has removed it since it was listed.
      if (existsSync(directory)) throw error;
    });
    if (!lock) continue;
    await remove(directory);
    await lock.release();
  }
}

/**
 * A Buildah whose parent was killed may still be writing here. The next caller removes what cannot be removed now: retries would
 * only hold the layout's mutex, and those of `rm` multiply with each level of directories.
 */
async function remove(directory: string): Promise<void> {
  await rm(directory, { recursive: true, force: true }).catch(() => {});
}
