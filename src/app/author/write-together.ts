import { chmodSync, copyFileSync, lstatSync, renameSync, rmdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { firstOf } from "../../model/cut.js";
import { makeDirectory } from "../../system/make-directory.js";

/** A file with its content, or a copy of another file. */
export interface NewFile {
  readonly text?: string;
  /** Absolute path. */
  readonly copyOf?: string;
}

export interface Obstacle {
  readonly message: string;
  readonly hint: string;
}

/**
 * The first obstacle to writing files in a directory: an existing file, or a link that leads elsewhere; undefined: there is none.
 */
export function findObstacle(directory: string, paths: readonly string[], isForced: boolean): Obstacle | undefined {
  for (const path of paths) {
    const parts = path.split("/");
    for (let count = 1; count < parts.length; count++) {
      const above = parts.slice(0, count).join("/");
      const stats = lstatSync(join(directory, above), { throwIfNoEntry: false });
      if (stats !== undefined && !stats.isDirectory())
        return { message: `${above} is not a directory, so ${path} cannot be written`, hint: "move it away" };
    }
    if (lstatSync(join(directory, path), { throwIfNoEntry: false })?.isDirectory())
      return { message: `${path} is a directory`, hint: "move it away" };
  }
  if (isForced) return undefined;
  const existing = paths.filter((path) => lstatSync(join(directory, path), { throwIfNoEntry: false }) !== undefined);
  if (existing.length === 0) return undefined;
  return {
    message: `${firstOf(existing, 1)} would be replaced; nothing is written`,
    hint: "--force replaces what is there",
  };
}

/**
 * Writes files in a directory, under other names first: if one of them cannot be written, none is. Replaces existing files; of a
 * symbolic link it replaces the link, never its target.
 */
export function writeTogether(directory: string, files: ReadonlyMap<string, NewFile>): void {
  const newFolders: string[] = [];
  const temporary: string[] = [];
  try {
    for (const [path, file] of files) {
      const full = join(directory, path);
      const first = makeDirectory(dirname(full));
      if (first !== undefined) newFolders.push(first, dirname(full));
      const name = `${full}.slipway-${process.pid}`;
      temporary.push(name);
      writeOne(name, file);
    }
  } catch (error) {
    for (const name of temporary) rmSync(name, { force: true });
    for (const folder of [...new Set(newFolders)].sort((a, b) => b.length - a.length)) removeEmpty(folder);
    throw error;
  }
  for (const path of files.keys()) renameSync(`${join(directory, path)}.slipway-${process.pid}`, join(directory, path));
}

function writeOne(name: string, { text, copyOf }: NewFile): void {
  if (copyOf === undefined) writeFileSync(name, text ?? "", { flag: "wx" });
  else {
    copyFileSync(copyOf, name);
    // Git keeps no other permissions.
    chmodSync(name, (statSync(copyOf).mode & 0o100) === 0 ? 0o644 : 0o755);
  }
}

function removeEmpty(folder: string): void {
  try {
    rmdirSync(folder);
  } catch {
    // Something else is in it now.
  }
}
