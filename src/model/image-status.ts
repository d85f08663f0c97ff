import type { Digest, ImageName } from "./names.js";
import type { BuildFailure } from "./plan.js";

export const STATUSES = ["READY", "STALE", "MISSING", "BUILDING", "ERROR", "DEPRECATED"] as const;

export type Status = (typeof STATUSES)[number];

/** Where an image stands, and why. */
export interface Verdict {
  readonly status: Status;
  readonly reason: string;
}

/** An image of the catalogue as the registry has it. */
export interface ImageStatus extends Verdict {
  readonly image: ImageName;
  readonly version: string;
  readonly description: string | null;
  /** What to pull: `HOST/PREFIX/NAME:VERSION`, or `oci:DIRECTORY:NAME:VERSION`. */
  readonly reference: string;
  /** The image of the catalogue that it derives from. */
  readonly parent: ImageName | null;
  /** What it starts from, for people: its parent, an external base, what a root file system is made with, or `scratch`. */
  readonly base: string;
  readonly language: string | null;
  readonly os: string | null;
  readonly author: string | null;
  readonly role: string | null;
  /** Who may approve a change of its definition, as the forge names them: `@organisation/team`, `@user`. */
  readonly owners: readonly string[];
  /** Its own labels and those that it inherits. */
  readonly labels: Readonly<Record<string, string>>;
  /** The texts of its own `metadata`, apart from author and role; what other systems call tags. */
  readonly metadata: Readonly<Record<string, string>>;
  /** What stands under its version now, perhaps an older build; null: nothing, or nobody has asked. */
  readonly published: PublishedAs | null;
  /** The last failure, where it is in ERROR. */
  readonly failure: BuildFailure | null;
}

export interface PublishedAs {
  /** Of the manifest. */
  readonly digest: Digest;
  readonly imageId: Digest;
  /** Sum of the layers' sizes as stored. */
  readonly bytes: number;
  /** When the registry got it, ISO 8601; null: the registry does not say. Images have no time of their own. */
  readonly created: string | null;
  /** Those of the tags for people that lead to it. */
  readonly tags: readonly string[];
}
