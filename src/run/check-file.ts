import { lstat, readFile } from "node:fs/promises";
import type { FileTest } from "../model/definition.js";
import { resolveInside } from "./inside.js";

/** Checks a file test against a mounted root file system: what is wrong, or undefined. */
export async function checkFile(root: string, { path, exists, mode, contains }: FileTest): Promise<string | undefined> {
  const real = resolveInside(root, path);
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
