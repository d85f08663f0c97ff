import type { BuildKey, ImageName } from "./names.js";
import type { ImageRecord } from "./plan.js";
import type { ImageTags } from "./tags.js";

/** What the registry says about one desired image. */
export interface Observation {
  /** null: a parent is not built, so there is no key yet. */
  readonly key: BuildKey | null;
  /** The image stored under the key tag. */
  readonly record?: ImageRecord;
  /** It passed the tests as they are now. */
  readonly tested: boolean;
  /** The tags that belong to this key; see resolve/tags.ts. Empty without a key. */
  readonly tags: ImageTags;
  /** Pointer tags that do not name the record. */
  readonly stale: readonly string[];
  /** Whether some image was published under this version before. */
  readonly published: boolean;
  /** The image is locked and not published; what is published in its place is the same image without the lock. */
  readonly wasOpen?: true;
}

export type Observations = ReadonlyMap<ImageName, Observation>;
