import type { ImageName } from "./names.js";

/** What `slipway lock` did, or with --check what it would have to do, for one image. */
export interface LockResult {
  readonly image: ImageName;
  /**
   * kept: what it was made from is the same. locked: resolved now. open: it cannot be in the lock, and `reason` says why. failed: its
   * entry stays as it was. removed: it was taken out. With --check: stale, and missing for what is not in the lock.
   */
  readonly outcome: "kept" | "locked" | "open" | "failed" | "removed" | "stale" | "missing";
  readonly changes: readonly LockChange[];
  readonly reason?: string;
  /** The last lines of what failed. */
  readonly tail?: readonly string[];
}

export interface LockChange {
  /** The build stage; left out: the image itself. */
  readonly stage?: string;
  readonly manager: string;
  readonly name: string;
  /** Versions; several where a manager keeps them side by side. null: it is not there. */
  readonly from: string | null;
  readonly to: string | null;
}

export interface LockOutcome {
  /** In build order. */
  readonly images: readonly LockResult[];
  /** Whether the file is (with --check: would be) another one. */
  readonly changed: boolean;
}
