import type { BuildKey, Digest, ImageName, Platform } from "./names.js";

/** The difference between what Git says and what the registry (or another Git tree) says. Data: it can be saved and applied. */
export interface Plan {
  /** 64 hex digits over the steps; the same wherever the same change is planned. */
  readonly digest: string;
  /** 64 hex digits over everything that goes into the images of the steps, whatever their parents turn out to be. */
  readonly inputs: string;
  /** Commit the plan compares against; null: the registry. */
  readonly base: string | null;
  /** Commit the plan is for; null: the working tree. */
  readonly head: string | null;
  readonly steps: readonly PlanStep[];
  /** Number of images that need nothing. */
  readonly unchanged: number;
}

export interface PlanStep {
  readonly image: ImageName;
  readonly version: string;
  readonly platform: Platform;
  readonly level: number;
  readonly action: PlanAction;
  /** null while a parent is still to be built: the key takes the parent's image ID. */
  readonly key: BuildKey | null;
  readonly reasons: readonly Reason[];
}

/**
 * `pending`: decided when the parents are built. `retag`: the image is published, but its pointer tags are not (or
 * its tests changed).
 */
export type PlanAction = "build" | "pending" | "retag" | "delete";

export type ReasonCode =
  | "MISSING"
  | "NEW"
  | "REMOVED"
  | "DEFINITION"
  | "PACKAGE"
  | "LOCK"
  | "PARENT"
  | "STAGE"
  | "ARTIFACT"
  | "TEMPLATE"
  | "BASE_DIGEST"
  | "PLATFORM"
  | "BUILDER"
  | "FORCED"
  | "TESTS"
  | "VERSION"
  | "TAGS";

export interface Reason {
  readonly code: ReasonCode;
  readonly detail: string;
  /** The images from the cause to the nearest parent; empty when the cause is the image itself. */
  readonly via: readonly ImageName[];
}

/** What the registry knows about a built image. */
export interface ImageRecord {
  /** Config digest. */
  readonly imageId: Digest;
  readonly manifestDigest: Digest;
}

export type Outcome = "built" | "unchanged" | "retagged" | "skipped" | "failed";

export interface BuildResult {
  readonly image: ImageName;
  readonly version: string;
  readonly platform: Platform;
  readonly outcome: Outcome;
  readonly key: BuildKey | null;
  readonly imageId: Digest | null;
  readonly digest: Digest | null;
  readonly seconds: number;
  /** Size of the image's layers as stored in the registry; null when nothing was published. */
  readonly bytes: number | null;
  readonly reasons: readonly Reason[];
  /** Only for an image that was built without an OCI runtime, and so with little between its commands and the machine. */
  readonly isolation?: "chroot";
  readonly error?: BuildFailure;
}

export interface BuildFailure {
  /**
   * Stable: BUILD_FAILED, TEST_FAILED, PUBLISH_FAILED, BOOTSTRAP_FAILED, DOWNLOAD_FAILED, HASH_MISMATCH, PACKAGE_GONE,
   * NOT_APPROVED, PARENT_FAILED, MACHINE_FAILED (no space, no permission), INTERRUPTED.
   */
  readonly code: string;
  readonly message: string;
  /** Path of the log file. */
  readonly log?: string;
  /** The log's last lines. */
  readonly tail?: readonly string[];
}
