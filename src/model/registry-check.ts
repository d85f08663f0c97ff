import type { Digest } from "./names.js";

/** What a part of a registry is for. */
export type RegistryPart =
  | "index"
  | "manifest"
  | "configuration"
  | "layer"
  | "list of documents"
  | "document"
  | "package file"
  /** Nothing names it. */
  | "blob";

export type DamageKind =
  | "missing"
  | "size"
  | "digest"
  /** It is not JSON, or not what its place wants. */
  | "unreadable"
  /** A document about an image that is not there. */
  | "subject";

/** One part that is not what it should be. */
export interface RegistryDamage {
  /** The image, or the repository of package files; null: it concerns all. */
  readonly image: string | null;
  /** All tags that lead to it. */
  readonly tags: readonly string[];
  readonly part: RegistryPart;
  /** null for the index. */
  readonly blob: Digest | null;
  readonly kind: DamageKind;
  /** For people: `has other bytes: sha256:…`. */
  readonly found: string;
  /** Of the image that it is part of, or about. */
  readonly manifest: Digest | null;
  /** The document that it is part of. */
  readonly document?: Digest;
}

/** What was read. */
export interface RegistryCounts {
  readonly tags: number;
  /** Manifests of images, each once. */
  readonly images: number;
  readonly documents: number;
  readonly files: number;
  /** Blobs that were hashed, each once, and their bytes. */
  readonly blobs: number;
  readonly bytes: number;
}

export interface RegistryCheck {
  readonly counts: RegistryCounts;
  readonly damage: readonly RegistryDamage[];
  /** Blobs that nothing names, which takes room and harms nothing; null: the registry does not list its blobs. */
  readonly unreferenced: { readonly blobs: number; readonly bytes: number } | null;
}

/** What a repair has done, or could not do. */
export interface RegistryRepair {
  readonly image: string | null;
  /** Tags that were removed. */
  readonly tags: readonly string[];
  readonly did: string;
  /** What makes it anew; null: nothing has to, or nothing can. */
  readonly command: string | null;
  /** false: the registry did not allow it. */
  readonly ok: boolean;
}
