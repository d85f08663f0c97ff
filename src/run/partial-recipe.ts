import type { Recipe } from "../model/recipe.js";

/**
 * The part of a recipe that makes what one of its stages starts from, before anything is installed: the stage before it that it is
 * built on, or its base and nothing else. `index` counts stages from 0. A rendered Containerfile has one instruction a line but for
 * RUN, and no other line begins with FROM.
 */
export function partialRecipe(recipe: Recipe, index: number): Recipe {
  const [head = "", ...stages] = recipe.containerfile.split(/^(?=FROM )/m);
  const start = /^FROM (\S+)/.exec(stages[index] ?? "")?.[1];
  const before = stages.slice(0, index);
  const built = before.findIndex((text) => text.split("\n", 1)[0] === `FROM ${fromOf(text)} AS ${start}`);
  const isStage = built >= 0;
  const isBootstrap = !isStage && index === stages.length - 1 && recipe.bootstrap !== undefined;
  const own = isBootstrap ? `FROM ${start}\nADD rootfs.tar /\n` : `FROM ${start}\n`;
  const containerfile = `${head}${isStage ? stages.slice(0, built + 1).join("") : own}`;
  return {
    containerfile,
    context: isStage ? recipe.context : [],
    ...(isBootstrap ? { bootstrap: recipe.bootstrap as NonNullable<Recipe["bootstrap"]> } : {}),
    externals: recipe.externals.filter((reference) => containerfile.includes(` ${reference}`)),
    packages: [],
  };
}

const fromOf = (text: string) => /^FROM (\S+)/.exec(text)?.[1] ?? "";

/** Names of the catalogue's images that a Containerfile mentions. */
export const mentions = ({ containerfile }: Recipe, image: string) =>
  new RegExp(`(?:^FROM |--from=)localhost/${image.replace(/[.+]/g, "\\$&")}(?:\\s|$)`, "m").test(containerfile);
