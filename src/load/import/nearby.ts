import { isUtf8 } from "node:buffer";
import { readdirSync, readFileSync, realpathSync, statSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { MAX_FILES, MAX_YAML_BYTES } from "../limits.js";
import type { Nearby, NearbyFiles } from "./imported.js";

/** History and state: not part of an image, and large. */
const NEVER = new Set([".git", ".slipway"]);

/** The files below a folder of the file system. Links are followed as long as they stay in it. */
export function openNearby(folder: string): NearbyFiles {
  const root = realpathSync(folder);
  const real = (path: string): string | undefined => {
    try {
      return realpathSync(join(root, path));
    } catch {
      // ENOENT, ELOOP, EACCES: it cannot be read.
      return undefined;
    }
  };
  const isInside = (path: string) => {
    const way = relative(root, path);
    return way === "" || !(way === ".." || way.startsWith("../") || resolve(way) === way);
  };
  const kind = (path: string): Nearby => {
    if (!isInside(join(root, path))) return "outside";
    const target = real(path);
    if (target === undefined) return "missing";
    if (!isInside(target)) return "outside";
    const stats = statSync(target);
    return stats.isFile() ? "file" : stats.isDirectory() ? "directory" : "missing";
  };
  const walked = new Map<string, ReturnType<typeof walk>>();
  const below = (directory: string) => {
    const known = walked.get(directory) ?? walk(directory, { root, kind, real });
    walked.set(directory, known);
    return known;
  };
  return {
    kind,
    below,
    read: (path) => {
      const target = kind(path) === "file" ? real(path) : undefined;
      if (target === undefined || statSync(target).size > MAX_YAML_BYTES) return undefined;
      const content = readFileSync(target);
      return isUtf8(content) && !content.includes(0) ? content.toString("utf8") : undefined;
    },
  };
}

interface Walking {
  readonly root: string;
  readonly kind: (path: string) => Nearby;
  readonly real: (path: string) => string | undefined;
}

function walk(directory: string, { root, kind, real }: Walking): { files: string[]; outside: string[] } {
  const files: string[] = [];
  const outside: string[] = [];
  // A linked directory is walked at the link, but not below itself.
  const queue: { readonly at: string; readonly above: readonly string[] }[] = [{ at: directory, above: [] }];
  for (let next = queue.pop(); next !== undefined && files.length <= MAX_FILES; next = queue.pop()) {
    const { at, above } = next;
    const place = real(at) ?? "";
    if (above.includes(place)) continue;
    for (const name of readdirSync(join(root, at))) {
      if (NEVER.has(name)) continue;
      const path = at === "." || at === "" ? name : `${at}/${name}`;
      const what = kind(path);
      if (what === "directory") queue.push({ at: path, above: [...above, place] });
      else if (what === "file") files.push(path);
      else if (what === "outside") outside.push(path);
    }
  }
  return { files: files.sort(), outside: outside.sort() };
}
