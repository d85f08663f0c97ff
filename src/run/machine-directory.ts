import { copyFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { makeDirectory } from "../system/make-directory.js";

export interface MachineDirectory {
  readonly files: readonly { readonly path: string; readonly text: string; readonly mode: number }[];
  /** The machine's CA bundle, copied in as `ca.crt`. */
  readonly caBundle?: string;
}

/**
 * Writes what RUN steps need of this machine into a new directory. It may hold credentials of the machine's configuration, so only
 * root (or the user) may read it.
 */
export async function writeMachineDirectory(root: string, { files, caBundle }: MachineDirectory): Promise<void> {
  makeDirectory(root, 0o755);
  for (const { path, text, mode } of files) {
    makeDirectory(dirname(join(root, path)));
    await writeFile(join(root, path), text, { mode });
  }
  if (caBundle !== undefined) await copyFile(caBundle, join(root, "ca.crt"));
}

/** Makes directories below one that exists. */
export async function makeDirectories(root: string, directories: readonly string[]): Promise<void> {
  for (const directory of directories) makeDirectory(join(root, directory));
}
