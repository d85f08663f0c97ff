import { lstatSync, readlinkSync } from "node:fs";
import { posix } from "node:path";

/** As many as Linux follows (path_resolution(7)). */
const MAX_LINKS = 40;

/**
 * The path with every symbolic link followed as the image itself would: absolute targets start at the image's root and `..`
 * never leaves it. undefined: there is no such file. Without this a link in an image could make a test read the machine's files.
 */
export function resolveInside(root: string, path: string): string | undefined {
  const waiting = path.split("/").filter((part) => part !== "");
  let done = "/";
  for (let links = 0; waiting.length > 0; ) {
    const next = posix.join(done, waiting.shift() as string);
    const target = linkTarget(root + next);
    if (target === undefined) return undefined;
    if (target === null) {
      done = next;
      continue;
    }
    if (++links > MAX_LINKS) return undefined;
    waiting.unshift(...target.split("/").filter((part) => part !== ""));
    if (target.startsWith("/")) done = "/";
  }
  return done;
}

/** The target of a link; null: it is not a link; undefined: it does not exist. */
function linkTarget(path: string): string | null | undefined {
  try {
    const stats = lstatSync(path, { throwIfNoEntry: false });
    if (stats === undefined) return undefined;
    return stats.isSymbolicLink() ? readlinkSync(path) : null;
  } catch {
    // Below a file, or a name that is too long.
    return undefined;
  }
}
