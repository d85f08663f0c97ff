import { chmod } from "node:fs/promises";
import { join } from "node:path";
import type { FileTree } from "./load/tree.js";
import type { Recipe } from "./model/recipe.js";
import { StepFailure } from "./run/runner.js";

/**
 * Writes a build context from the tree its recipe was made from. Fails where a file of the working tree is no longer what
 * it was when its key was computed: an image must never be stored under a key that is not its own.
 */
export async function writeContext(tree: FileTree, { context }: Recipe, directory: string): Promise<void> {
  await tree.copy(context.map(({ from, path }) => ({ from, to: join(directory, path) })));
  for (const { path, permissions } of context) {
    if (permissions !== undefined) await chmod(join(directory, path), Number.parseInt(permissions, 8));
  }
  const now = await tree.hash([...new Set(context.map(({ from }) => from))]);
  const changed = context.find(({ from, content }) => now.get(from) !== content);
  if (changed) throw new StepFailure("BUILD_FAILED", `${changed.from} changed while it was being built; run again`);
}
