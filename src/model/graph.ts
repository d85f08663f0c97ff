import type { ImageDefinition } from "./definition.js";
import type { ImageName } from "./names.js";

/** The images in an order in which every image comes after all that it is built from. */
export interface Graph {
  readonly nodes: ReadonlyMap<ImageName, ImageNode>;
}

export interface ImageNode {
  readonly name: ImageName;
  readonly definition: ImageDefinition;
  /** Images of the catalogue this one is built from; the first is its parent. */
  readonly parents: readonly ImageName[];
  readonly children: readonly ImageName[];
  /** 0 for a base image, else one more than the highest of its parents. */
  readonly level: number;
  /** Own or inherited. Undefined: nothing in the chain declares an operating system. */
  readonly os: string | undefined;
  readonly language: string | undefined;
  /** Own or inherited user of `run`: instructions that need root switch to it and back. */
  readonly user: string | undefined;
}
