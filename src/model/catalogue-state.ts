import type { ImageName } from "./names.js";
import type { ImageRecord } from "./plan.js";

/** What a registry had for an image when it was last published or looked at: each of these tags named it. */
export interface StateEntry extends ImageRecord {
  readonly tags: readonly string[];
}

/** The state of a catalogue, as its registry keeps it in one document. It is a cache: an image that is missing costs questions. */
export type CatalogueState = ReadonlyMap<ImageName, StateEntry>;

/** By image; undefined: nothing is known of it any more. */
export type StateChanges = ReadonlyMap<ImageName, StateEntry | undefined>;
