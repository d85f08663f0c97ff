import type { ImageName } from "./names.js";

/** What `slipway lock` did for one image, or would have to do with --check. */
export interface LockResult {
  readonly image: ImageName;
  /**
   * kept: it was made from the same inputs. locked: resolved now. open: it cannot be in the lockfile, and `reason`
   * says why. failed: its entry stays as it was. removed: its entry was removed. With --check: stale, and missing for
   * an image that is not in the lockfile.
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
  /** Versions; several if a manager keeps them side by side. null: the package is absent. */
  readonly from: string | null;
  readonly to: string | null;
}

export interface LockOutcome {
  /** In build order. */
  readonly images: readonly LockResult[];
  /** Whether the file changed (with --check: would change). */
  readonly changed: boolean;
  /** Every image failed and there was no file before, so none was written. */
  readonly isMissing?: true;
}
