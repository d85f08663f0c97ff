import { randomBytes } from "node:crypto";
import { chmod, open, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { makeDirectory } from "./make-directory.js";

export interface ReplaceOptions {
  /** Where the content is written first, on the same file system. Left out: beside the file, under a name that nothing else uses. */
  readonly temporary?: string;
  /** The content is on the disk when this returns, so that a power cut, too, leaves either the old content or the new one. */
  readonly durable?: true;
  /** The file exists, and its permissions stay. */
  readonly keepsPermissions?: true;
}

/** The names of files whose content is being written; a process that was killed leaves them. */
export const TEMPORARY_FILE = /\.slipway-[0-9a-f]{12}$/;

/**
 * Gives a file new content in one step: a reader sees the old content or the new one, never a part, and so it is after a crash. Makes
 * the file's directory where it is missing.
 */
export async function replaceFile(
  path: string,
  content: string | Uint8Array,
  options: ReplaceOptions = {},
): Promise<void> {
  const { temporary = `${path}.slipway-${randomBytes(6).toString("hex")}`, durable, keepsPermissions } = options;
  makeDirectory(dirname(path));
  try {
    if (durable) await writeDurably(temporary, content);
    else await writeFile(temporary, content);
    if (keepsPermissions) await chmod(temporary, (await stat(path)).mode & 0o7777);
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  if (durable) await syncDirectory(dirname(path));
}

/** Writes a file whose bytes are on the disk when this returns. */
export async function writeDurably(path: string, content: string | Uint8Array): Promise<void> {
  const file = await open(path, "w");
  try {
    await file.writeFile(content);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Puts the bytes on the disk that another program has written to a file. */
export async function syncFile(path: string): Promise<void> {
  const file = await open(path, "r");
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Puts renames within a directory on the disk: rename(2) alone orders nothing. */
export const syncDirectory = syncFile;
