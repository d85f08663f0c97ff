import type { Recipe } from "../model/recipe.js";
import { stageIndex, stagesOf } from "./stages.js";

/** An instruction with its continuation lines. */
const RUN = /^RUN (?:.*\\\n)*.*\n?/m;

/**
 * What a stage has when its language's package manager starts: what it starts from and the system packages that it installs,
 * without artifacts, settings and `setup`. To be built by itself, so that this manager, which may be among those packages, can be
 * asked. undefined: that is the very image that the stage starts from.
 */
export function partialRoot(recipe: Recipe, stage: string | undefined): Recipe | undefined {
  const stages = stagesOf(recipe.containerfile);
  const index = stageIndex(stages, stage);
  const before = stages.slice(0, index);
  const { from, text } = stages[index] ?? { from: "scratch", text: "" };
  const hasSystem = recipe.packages.some((entry) => entry.kind === "system" && entry.stage === stage);
  const made = from === "scratch" || before.some(({ name }) => name === from);
  if (!hasSystem && !made) return undefined;
  const run = RUN.exec(text);
  // System packages are the first that a stage installs.
  const end = run === null ? text.length : run.index + (hasSystem ? run[0].length : 0);
  const earlier = new Set(before.map(({ name }) => name));
  const isSystem = ({ manager }: { readonly manager: string }) => manager === "apt" || manager === "dnf";
  const { bootstrap, locked, ...rest } = recipe;
  return {
    containerfile: [...before.map((each) => each.text), `${text.slice(0, end).trimEnd()}\n`].join(""),
    context: rest.context,
    externals: rest.externals,
    packages: [],
    // Only the image itself can start from one.
    ...(bootstrap === undefined || stage !== undefined ? {} : { bootstrap }),
    ...(locked === undefined
      ? {}
      : {
          locked: locked
            .filter((entry) => earlier.has(entry.stage) || (entry.stage === stage && isSystem(entry)))
            .map(ofStage),
        }),
  };

  /** The stage is the last one now, and that has no name. */
  function ofStage(entry: NonNullable<Recipe["locked"]>[number]) {
    const { stage: own, ...others } = entry;
    return own === stage ? others : entry;
  }
}
