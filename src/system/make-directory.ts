import { mkdirSync } from "node:fs";
import { mkdir } from "node:fs/promises";

/**
 * Makes a directory and those above it, where they are missing. Raises the system's own error (Node's `mkdir` of node:fs/promises says
 * ENOENT for a full disk as well, its `mkdirSync` does not).
 */
export async function makeDirectory(path: string, mode?: number): Promise<void> {
  const options = { recursive: true, ...(mode === undefined ? {} : { mode }) };
  try {
    await mkdir(path, options);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    mkdirSync(path, options);
  }
}
