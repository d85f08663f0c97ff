import { constants } from "node:fs";
import { chmod, copyFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { type FileCopy, type FileTree, TreeError } from "../../load/git/tree.js";
import type { ContextEntry, Recipe } from "../../model/recipe.js";
import type { Downloader } from "../../run/download.js";
import { type Job, StepFailure } from "../../run/runner.js";
import { makeDirectory } from "../../system/make-directory.js";

export interface ContextSources {
  /** The tree that the recipe was made from. */
  readonly tree: FileTree;
  readonly download: Downloader;
}

/**
 * Writes a build context. Fails where a file of the working tree has changed since its key was computed: an image must never be
 * stored under a key that is not its own.
 */
export async function writeContext(
  { tree, download }: ContextSources,
  { context }: Recipe,
  directory: string,
  job: Pick<Job, "signal" | "log">,
): Promise<void> {
  const files = context.filter(({ mirrors }) => mirrors === undefined);
  await copyFiles(
    tree,
    files.map(({ from, path }) => ({ from, to: join(directory, path) })),
  );
  for (const entry of context) {
    if (entry.mirrors !== undefined) await copyDownload(entry, join(directory, entry.path), { download, ...job });
  }
  for (const { path, permissions } of context) {
    if (permissions !== undefined) await chmod(join(directory, path), Number.parseInt(permissions, 8));
  }
  const now = await tree.hash([...new Set(files.map(({ from }) => from))]);
  const changed = files.find(({ from, content }) => now.get(from) !== content);
  if (changed) throw new StepFailure("BUILD_FAILED", `${changed.from} changed while it was being built; run again`);
}

async function copyFiles(tree: FileTree, requests: readonly FileCopy[]): Promise<void> {
  try {
    await tree.copy(requests);
  } catch (error) {
    if (!(error instanceof TreeError)) throw error;
    throw new StepFailure("BUILD_FAILED", [error.message, error.hint ?? []].flat().join("; "));
  }
}

async function copyDownload(
  { from: url, content: sha256, mirrors = [] }: ContextEntry,
  to: string,
  { download, ...job }: Pick<Job, "signal" | "log"> & { readonly download: Downloader },
): Promise<void> {
  const path = await download({ url, sha256, mirrors }, job);
  makeDirectory(dirname(to));
  // Never replaces a file or writes through a link that is already there.
  await copyFile(path, to, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
  await chmod(to, 0o644);
}
