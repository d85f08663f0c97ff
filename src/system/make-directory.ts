import { existsSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { dirname } from "node:path";

/**
 * Makes a directory and those above it, where they are missing. Raises the system's own error: Node's `mkdir` says ENOENT for a full or
 * read-only disk as well when it makes those above.
 */
export async function makeDirectory(path: string, mode?: number): Promise<void> {
  try {
    await mkdir(path, { recursive: true, ...(mode === undefined ? {} : { mode }) });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    await makeOneByOne(path, mode);
  }
}

async function makeOneByOne(path: string, mode: number | undefined): Promise<void> {
  if (existsSync(path)) return;
  await makeOneByOne(dirname(path), mode);
  try {
    await mkdir(path, mode);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  }
}
