import { existsSync, statfsSync } from "node:fs";
import { dirname } from "node:path";

/** What is free on a disk (statvfs(3)). */
export interface DiskRoom {
  readonly bytes: number;
  /** How many more files it takes, however small; Infinity: as many as fit. */
  readonly inodes: number;
}

/** The nearest directory at or above a path that exists. */
export function nearestExisting(path: string): string {
  let existing = path;
  while (!existsSync(existing) && dirname(existing) !== existing) existing = dirname(existing);
  return existing;
}

/** The room where a path is, or will be. */
export function roomAt(path: string): DiskRoom {
  const { bavail, bsize, ffree, files } = statfsSync(nearestExisting(path));
  return { bytes: bavail * bsize, inodes: files > 0 ? ffree : Number.POSITIVE_INFINITY };
}
