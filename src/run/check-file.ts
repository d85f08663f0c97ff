import { lstat, readFile, readlink } from "node:fs/promises";
import { posix } from "node:path";
import type { FileTest } from "../model/definition.js";

/** As many as Linux follows (path_resolution(7)). */
const MAX_LINKS = 40;

/** Checks a file test against a mounted root file system: what is wrong, or undefined. */
export async function checkFile(root: string, { path, exists, mode, contains }: FileTest): Promise<string | undefined> {
  const real = await resolveInside(root, path);
  if (real === undefined) return exists ? `${path} is not there` : undefined;
  if (!exists) return `${path} is there`;
  const stats = await lstat(root + real);
  const actual = (stats.mode & 0o7777).toString(8).padStart(4, "0");
  if (mode !== undefined && Number.parseInt(mode, 8) !== Number.parseInt(actual, 8))
    return `${path} has mode ${actual}, expected ${mode}`;
  if (contains === undefined) return undefined;
  if (!stats.isFile()) return `${path} is not a file`;
  return (await readFile(root + real, "utf8")).includes(contains)
    ? undefined
    : `${path} does not contain ${JSON.stringify(contains)}`;
}

/**
 * The path with every symbolic link followed as the image itself would: absolute targets start at the image's root and `..`
 * never leaves it. undefined: there is no such file. Without this a link in an image could make a test read the machine's files.
 */
async function resolveInside(root: string, path: string): Promise<string | undefined> {
  const waiting = path.split("/").filter((part) => part !== "");
  let done = "/";
  for (let links = 0; waiting.length > 0; ) {
    const next = posix.join(done, waiting.shift() as string);
    const stats = await lstat(root + next).catch(() => undefined);
    if (stats === undefined) return undefined;
    if (!stats.isSymbolicLink()) {
      done = next;
      continue;
    }
    if (++links > MAX_LINKS) return undefined;
    const target = await readlink(root + next);
    waiting.unshift(...target.split("/").filter((part) => part !== ""));
    if (target.startsWith("/")) done = "/";
  }
  return done;
}
