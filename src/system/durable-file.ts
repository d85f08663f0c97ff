import { open, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";

/**
 * Replaces a file so that a reader, a crash or a power cut sees the old text or the new one, never a part.
 * `temporary` is a path on the same file system; what a crash leaves there may be removed.
 */
export async function replaceFile(path: string, temporary: string, text: string | Uint8Array): Promise<void> {
  try {
    await writeDurably(temporary, text);
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  await syncDirectory(dirname(path));
}

/** The bytes are on the disk when this returns. */
export async function writeDurably(path: string, text: string | Uint8Array): Promise<void> {
  const file = await open(path, "w");
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Puts renames within a directory on the disk: rename(2) alone orders nothing. */
export async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, "r");
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}
