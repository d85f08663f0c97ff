import type { Bootstrap } from "./definition.js";
import type { Instruction, RecipeBase, RecipeStage } from "./instructions.js";
import type { ImageName } from "./names.js";

/** Where a stage stands; undefined as its name: the image itself, which is the last. -1: there is none. */
export const stageIndex = (stages: readonly RecipeStage[], name: string | undefined) =>
  name === undefined ? stages.length - 1 : stages.findIndex((stage) => stage.name === name);

/** Where the stage stands that another one is built on; -1: it is built on none. A stage sees only those before it. */
export function stageBelow(stages: readonly RecipeStage[], index: number): number {
  const base = stages[index]?.base;
  return base?.type === "stage" ? stages.slice(0, index).findLastIndex(({ name }) => name === base.stage) : -1;
}

/** A stage and those that it is built on, by where they stand. */
export function stageChain(stages: readonly RecipeStage[], index: number): readonly number[] {
  const chain: number[] = [];
  for (let at = index; at >= 0; at = stageBelow(stages, at)) chain.push(at);
  return chain;
}

/** What a stage starts from in the end, through the stages that it is built on: never a stage. Left out: the image itself. */
export function finalBase(stages: readonly RecipeStage[], index = stages.length - 1): Exclude<RecipeBase, StageBase> {
  const below = stageBelow(stages, index);
  if (below >= 0) return finalBase(stages, below);
  const base = stages[index]?.base;
  return base === undefined || base.type === "stage" ? { type: "scratch" } : base;
}

type StageBase = Extract<RecipeBase, { readonly type: "stage" }>;

/** The references of all images of others that stages start from, each once. */
export function externalReferences(stages: readonly RecipeStage[]): readonly string[] {
  return [...new Set(stages.flatMap(({ base }) => (base.type === "external" ? [base.reference] : [])))];
}

/** The images of the catalogue that stages start from or copy from. */
export function catalogueImages(stages: readonly RecipeStage[]): ReadonlySet<ImageName> {
  const sources = stages.flatMap(({ base, instructions }) => [base, ...instructions.flatMap(copySources)]);
  return new Set(sources.flatMap((source) => (source.type === "image" ? [source.image] : [])));
}

const copySources = (instruction: Instruction) =>
  instruction.type === "copy" && instruction.from !== undefined ? [instruction.from] : [];

/** How `rootfs.tar` of the build context is made, which only the image itself can start from; undefined: it needs none. */
export function bootstrapOf(stages: readonly RecipeStage[]): Bootstrap | undefined {
  const base = stages.at(-1)?.base;
  return base?.type === "bootstrap" ? base.bootstrap : undefined;
}
