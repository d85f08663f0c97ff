import type { Recipe } from "../model/recipe.js";
import { stagesOf } from "./stages.js";

/**
 * The part of a recipe that makes what one of its stages starts from, before anything is installed: the stage before it that it is
 * built on, or its base and nothing else. `index` counts stages from 0.
 */
export function partialRecipe(recipe: Recipe, index: number): Recipe {
  const stages = stagesOf(recipe.containerfile);
  const from = stages[index]?.from ?? "scratch";
  // Each stage sees those before it only.
  const built = stages.slice(0, index).findLastIndex(({ name }) => name === from);
  const bootstrap = built < 0 && index === stages.length - 1 ? recipe.bootstrap : undefined;
  const kept = stages.slice(0, built + 1);
  const own = bootstrap === undefined ? `FROM ${from}\n` : `FROM ${from}\nADD rootfs.tar /\n`;
  const containerfile = built < 0 ? own : kept.map(({ text }) => text).join("");
  const names = new Set(kept.map(({ name }) => name));
  return {
    containerfile,
    context: built < 0 ? [] : recipe.context,
    ...(bootstrap === undefined ? {} : { bootstrap }),
    externals: recipe.externals.filter((reference) => containerfile.includes(` ${reference}`)),
    packages: [],
    locked: (recipe.locked ?? []).filter((entry) =>
      entry.bootstrap ? bootstrap !== undefined : names.has(entry.stage),
    ),
  };
}

/** Whether a Containerfile mentions an image of the catalogue. */
export const mentions = ({ containerfile }: Recipe, image: string) =>
  new RegExp(`(?:^FROM |--from=)localhost/${image.replace(/[.+]/g, "\\$&")}(?:\\s|$)`, "m").test(containerfile);
