import { existsSync, mkdirSync } from "node:fs";
import { dirname } from "node:path";

/**
 * Makes a directory and those above it, where they are missing; returns the uppermost that was made. Raises the system's own error:
 * Node says ENOENT for a full or read-only disk as well when it makes those above.
 */
export function makeDirectory(path: string, mode?: number): string | undefined {
  try {
    return mkdirSync(path, { recursive: true, ...(mode === undefined ? {} : { mode }) });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    return makeOneByOne(path, mode);
  }
}

function makeOneByOne(path: string, mode: number | undefined): string | undefined {
  if (existsSync(path)) return undefined;
  const above = makeOneByOne(dirname(path), mode);
  try {
    mkdirSync(path, mode);
    return above ?? path;
  } catch (error) {
    // Another process may have made it; a link that leads nowhere is no directory.
    if ((error as NodeJS.ErrnoException).code !== "EEXIST" || !existsSync(path)) throw error;
    return above;
  }
}
