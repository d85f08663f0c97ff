import type { Digest } from "../model/names.js";
import type { DamageKind } from "../model/registry-check.js";
import type { Descriptor } from "./manifest.js";

/** A part that is not as it should be. */
export interface Flaw {
  readonly kind: DamageKind;
  readonly found: string;
}

/** A manifest as it was read: with its bytes, or with what is wrong with it. */
export interface ReadManifest {
  /** undefined: it cannot be known, because what is there is not it. */
  readonly digest: Digest | undefined;
  readonly bytes?: Buffer;
  readonly flaw?: Flaw;
}

/** Everything in a registry, of either kind, for checking it. Raises RegistryError where the registry cannot be read at all. */
export interface RegistryContent {
  /** All tags by image; names are in no order. */
  tags(): Promise<ReadonlyMap<string, readonly TagEntry[]>>;
  manifest(image: string, reference: Digest | TagEntry): Promise<ReadManifest>;
  /** Reads and hashes a blob; undefined: it is whole. Each blob is read once. */
  blobFlaw(image: string, blob: Descriptor): Promise<Flaw | undefined>;
  /** Bytes of a small blob that is whole. */
  read(image: string, blob: Descriptor): Promise<Buffer | undefined>;
  /** The documents that the registry itself lists for a manifest. */
  referrers(image: string, subject: Digest): Promise<readonly Digest[]>;
  /** Flaws of the registry as a whole. */
  indexFlaws(): Promise<readonly Flaw[]>;
  /** Blobs that are not among these; null: the registry does not list its blobs. Those that are damaged come with the flaw. */
  others(
    known: ReadonlySet<Digest>,
  ): Promise<readonly (Pick<Descriptor, "digest" | "size"> & { flaw?: Flaw })[] | null>;
  /** Blobs that were hashed so far, and their bytes. */
  readonly hashed: { readonly blobs: number; readonly bytes: number };
}

export interface TagEntry {
  readonly tag: string;
  /** What the index of a layout says of it. */
  readonly descriptor?: Descriptor;
}
