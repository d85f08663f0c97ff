import { mkdtemp, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { makeDirectory } from "../system/make-directory.js";
import { mountsBelow } from "../system/mounts.js";
import { run } from "./process.js";
import { PRESENCE } from "./state-directory.js";

/** Empties a storage that Buildah cannot use any more, and its runroot. Only for a run that is alone in it. */
export async function wipeStorage(storage: string, runroot: string): Promise<void> {
  for (const mount of await mountsBelow(storage, runroot)) await run("umount", ["--lazy", mount]);
  for (const entry of await readdir(storage))
    if (entry !== PRESENCE) await rm(join(storage, entry), { recursive: true, force: true });
  await rm(runroot, { recursive: true, force: true });
}

interface Places {
  readonly storage: string;
  readonly runroot: string;
}

/** Runs an action with an empty storage on the file system of another one, and removes it. */
export async function withEmptyStorage<T>(
  { storage, runroot }: Places,
  action: (empty: Places) => Promise<T>,
): Promise<T> {
  makeDirectory(storage);
  makeDirectory(runroot, 0o700);
  const empty = { storage: await mkdtemp(join(storage, EMPTY)), runroot: await mkdtemp(join(runroot, EMPTY)) };
  try {
    return await action(empty);
  } finally {
    await wipeStorage(empty.storage, empty.runroot);
    await rm(empty.storage, { recursive: true, force: true });
  }
}

const EMPTY = "slipway-empty-";

/** Removes empty storages of runs that were killed. Only for a run that is alone in the storage. */
export async function removeEmptyStorages({ storage, runroot }: Places): Promise<void> {
  for (const directory of [storage, runroot])
    for (const entry of await readdir(directory).catch(() => []))
      if (entry.startsWith(EMPTY)) {
        await wipeStorage(join(directory, entry), join(directory, entry));
        await rm(join(directory, entry), { recursive: true, force: true });
      }
}
