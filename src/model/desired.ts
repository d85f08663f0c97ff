import type { Settings } from "./catalogue.js";
import type { ImageTest } from "./definition.js";
import type { ImageNode } from "./graph.js";
import type { ImageName } from "./names.js";
import type { Recipe } from "./recipe.js";

/** What Git says should exist: every sound image of a catalogue, with everything needed to build and test it. */
export interface Desired {
  /** Commit; null: the working tree. */
  readonly commit: string | null;
  readonly settings: Settings;
  /** In build order: an image comes after everything that it is built from. */
  readonly images: ReadonlyMap<ImageName, DesiredImage>;
}

export interface DesiredImage {
  readonly node: ImageNode;
  readonly recipe: Recipe;
  /** Moving tags beside the version's. */
  readonly tags: readonly string[];
  /** The ancestors' tests, then the image's own. */
  readonly tests: readonly ImageTest[];
  /** 64 hex digits over `tests`. */
  readonly testsDigest: string;
}
