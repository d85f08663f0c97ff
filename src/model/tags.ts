import type { BuildKey } from "./names.js";

/** The tags of one image, besides the list of documents about it (`sha256-…`), which belongs to the registry. */
export interface ImageTags {
  readonly key: string;
  readonly tested: string;
  /** In the order in which they are moved. */
  readonly pointers: readonly string[];
}

/** The tag under which an image is stored; see resolve/tags.ts. */
export const keyTag = (key: BuildKey) => `k-${key}`;

/** The tag that says which tests an image passed; `hash` is 64 hex digits over key and tests. */
export const testedTag = (hash: string) => `t-${hash}`;

/** The tag that says who builds an image with these inputs now. */
export const claimTag = (key: BuildKey) => `c-${key}`;

/**
 * Whether a tag has a meaning of its own: `k-…`, `t-…`, `c-…`, and `sha256-…`, which names the list of documents about an
 * image in a registry without the referrers API. No definition may move one of them. `<version>-<key8>` is never one:
 * it has eight characters after its last `-`.
 */
export const isReservedTag = (tag: string) => /^(?:k|t|c|sha256)-[0-9a-f]{64}$/.test(tag);
