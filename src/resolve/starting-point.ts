import type { ImageNode, Stage, StageBase } from "../model/graph.js";

export interface StartingPoint {
  /** What the image itself starts from, through the build stages that it is built on. */
  readonly base: Exclude<StageBase, { readonly type: "stage" }>;
  /** The stages whose content is in the image: its own (undefined) and those that it is built on. */
  readonly stages: ReadonlySet<string | undefined>;
}

/** Finds where an image's file system begins. The content of other build stages enters it through artifacts only. */
export function startingPoint({ stages }: Pick<ImageNode, "stages">): StartingPoint {
  let stage = stages.at(-1) as Stage;
  const passed = new Set([stage.name]);
  // A stage may be built on earlier ones only, so this ends.
  while (stage.base.type === "stage") {
    const { stage: name } = stage.base;
    const below = stages.find((other) => other.name === name);
    if (below === undefined) return { base: { type: "scratch" }, stages: passed };
    passed.add(name);
    stage = below;
  }
  return { base: stage.base, stages: passed };
}
