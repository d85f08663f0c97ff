import { containerfileOf } from "../model/containerfile.js";
import type { RecipeStage } from "../model/instructions.js";
import { recipeNetwork } from "../model/network.js";
import type { Recipe } from "../model/recipe.js";
import { stageBelow } from "../model/recipe-stages.js";

/**
 * The part of a recipe that makes what one of its stages starts from, before anything is installed: the stage before it that it is
 * built on, or its base and nothing else. `index` counts stages from 0.
 */
export function partialRecipe(recipe: Recipe, index: number): Recipe {
  const { stages } = recipe.containerfile;
  const below = stageBelow(stages, index);
  const kept = below < 0 ? [bareStage(stages[index])] : stages.slice(0, below + 1);
  const names = new Set(stages.slice(0, below + 1).map(({ name }) => name));
  const isBootstrapped = kept.at(-1)?.base.type === "bootstrap";
  const packages = (recipe.locked?.packages ?? []).filter((entry) =>
    entry.bootstrap ? isBootstrapped : names.has(entry.stage),
  );
  return {
    containerfile: containerfileOf(() => kept),
    context: below < 0 ? [] : recipe.context,
    packages: [],
    ...networkOf(recipe),
    locked: { packages },
  };
}

/** What a part of a recipe may reach is what the whole may. */
export const networkOf = (recipe: Recipe): Pick<Recipe, "network" | "packageSources"> => ({
  network: recipeNetwork(recipe),
  ...(recipe.packageSources === undefined ? {} : { packageSources: recipe.packageSources }),
});

/** A stage without its instructions. */
const bareStage = (stage: RecipeStage | undefined): RecipeStage => ({
  name: undefined,
  base: stage?.base ?? { type: "scratch" },
  instructions: [],
});
