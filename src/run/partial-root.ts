import { containerfileOf } from "../model/containerfile.js";
import type { Instruction, RecipeStage } from "../model/instructions.js";
import type { LockedPackage } from "../model/lock.js";
import type { Recipe } from "../model/recipe.js";
import { stageBelow, stageIndex } from "../model/recipe-stages.js";
import { networkOf } from "./partial-recipe.js";

/**
 * What a stage has when its language's package manager starts: what it starts from and the system packages that it installs,
 * without artifacts, settings and `setup`. It is built by itself, so that this manager, which may be among those packages, can be
 * asked. undefined: that is the very image that the stage starts from.
 */
export function partialRoot(recipe: Recipe, name: string | undefined): Recipe | undefined {
  const { stages } = recipe.containerfile;
  const index = stageIndex(stages, name);
  const stage = stages[index];
  if (stage === undefined) return undefined;
  const { type } = stage.base;
  const isMade = type === "scratch" || type === "bootstrap" || stageBelow(stages, index) >= 0;
  if (!isMade && !stage.instructions.some(isSystemInstall)) return undefined;
  const before = stages.slice(0, stageBelow(stages, index) + 1);
  return {
    containerfile: containerfileOf(() => [...before, systemOf(stage)]),
    context: recipe.context,
    packages: [],
    ...networkOf(recipe),
    ...(recipe.locked === undefined ? {} : { locked: { packages: lockedIn(recipe.locked.packages, before, name) } }),
  };
}

const isSystemInstall = (instruction: Instruction) => instruction.type === "install" && instruction.kind === "system";

/** The stage up to its system packages, which are the first that it installs. It is the last stage now, which has no name. */
function systemOf({ base, instructions }: RecipeStage): RecipeStage {
  const end = instructions.findIndex(({ type }) => type === "install" || type === "run" || type === "script");
  const before = end < 0 ? instructions : instructions.slice(0, end);
  return { name: undefined, base, instructions: [...before, ...instructions.filter(isSystemInstall)] };
}

function lockedIn(
  packages: readonly LockedPackage[],
  before: readonly RecipeStage[],
  name: string | undefined,
): readonly LockedPackage[] {
  const earlier = new Set(before.map((stage) => stage.name));
  return packages.flatMap((entry) => {
    if (earlier.has(entry.stage)) return [entry];
    if (entry.stage !== name || (entry.manager !== "apt" && entry.manager !== "dnf")) return [];
    const { stage: _, ...unnamed } = entry;
    return [unnamed];
  });
}
