import { randomBytes } from "node:crypto";
import { link, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { hashFile } from "../system/hash-file.js";
import { makeDirectory } from "../system/make-directory.js";

/** Package files by content, shared by all images of a catalogue and kept between runs. */
export interface PackageStore {
  /** Moves a file into the store; raises Error where it does not have the given hash (64 hex digits). */
  add(path: string, sha256?: string): Promise<{ readonly sha256: string; readonly size: number }>;
  /** Whether there is such a file; `take` checks its bytes. */
  has(sha256: string): Promise<boolean>;
  /** Puts a file at a path, by a link where possible, after checking its bytes; false: there is none, or it was damaged and is gone. */
  take(sha256: string, to: string): Promise<boolean>;
}

/** `directory` is made with the first file. */
export function openPackageStore(directory: string): PackageStore {
  const pathOf = (sha256: string) => join(directory, sha256);
  return {
    async add(path, sha256) {
      const file = await hashFile(path);
      if (sha256 !== undefined && file.sha256 !== sha256)
        throw new Error(`${path} has the sha256 ${file.sha256}, not ${sha256}`);
      makeDirectory(directory);
      await rename(path, pathOf(file.sha256));
      return file;
    },
    has: (sha256) =>
      stat(pathOf(sha256)).then(
        () => true,
        () => false,
      ),
    async take(sha256, to) {
      const path = pathOf(sha256);
      const stats = await stat(path).catch(() => undefined);
      if (stats === undefined) return false;
      if ((await hashFile(path)).sha256 !== sha256) {
        await rename(path, `${path}.damaged-${randomBytes(4).toString("hex")}`);
        return false;
      }
      await rm(to, { force: true });
      await link(path, to);
      return true;
    },
  };
}
