import { lstatSync, renameSync } from "node:fs";
import { dirname, join } from "node:path";
import type { CopyInstruction, Instruction, RecipeStage } from "../model/instructions.js";
import { makeDirectory } from "../system/make-directory.js";

/** A directory of the build context, beside those that a recipe names. */
const MERGED = "merged";

/**
 * Buildah takes half a second of processor time for a COPY instruction. Where stages begin with nothing, the directories that are copied
 * first are put together in the context, and are one COPY. What Buildah would do with several is the same: nothing is there yet.
 */
export async function mergeCopies(context: string, stages: readonly RecipeStage[]): Promise<readonly RecipeStage[]> {
  const merged: RecipeStage[] = [];
  for (const [index, stage] of stages.entries()) merged.push(await mergeStage(context, stage, `${MERGED}/${index}`));
  return merged;
}

async function mergeStage(context: string, stage: RecipeStage, path: string): Promise<RecipeStage> {
  const { base, instructions } = stage;
  const end = instructions.findIndex((each) => !isWholeDirectory(each));
  const copies = instructions.slice(0, end < 0 ? instructions.length : end) as readonly CopyInstruction[];
  if (base.type !== "scratch" || copies.length < 2) return stage;
  let count = 0;
  for (const copy of copies) {
    if (!isFree(join(context, path), copy.target)) break;
    const to = join(context, path, copy.target);
    makeDirectory(dirname(to));
    renameSync(join(context, copy.path), to);
    count += 1;
  }
  return { ...stage, instructions: [{ type: "copy", path: `${path}/`, target: "/" }, ...instructions.slice(count)] };
}

/** Directories of the context whose content is copied into a directory, with the owner that it has by default. */
const isWholeDirectory = (each: Instruction): each is CopyInstruction =>
  each.type === "copy" &&
  each.from === undefined &&
  each.owner === undefined &&
  each.path.endsWith("/") &&
  each.target.endsWith("/") &&
  each.target !== "/";

/** Whether nothing has been put at a target yet, nor anything but directories above it. */
function isFree(root: string, target: string): boolean {
  let at = root;
  const parts = target.split("/").filter((part) => part !== "");
  for (const [index, part] of parts.entries()) {
    at = join(at, part);
    const stats = lstatSync(at, { throwIfNoEntry: false });
    if (stats === undefined) return true;
    if (!stats.isDirectory() || index === parts.length - 1) return false;
  }
  return true;
}
