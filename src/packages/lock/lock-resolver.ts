import type { LockedPackage } from "../../model/lock.js";

/** The file with the state of the index for which the answer is known. */
export const KNOWN_STATE = "known-state";

/** What one stage requests of one package manager. */
export interface LockQuestion {
  /** The packages that the installation requests. */
  readonly requested: readonly PackageToLock[];
  /** Versions of the lockfile so far, which stay if they can. */
  readonly kept: readonly KeptVersion[];
  /** The texts of a package manifest and the lock file beside it, by file name. */
  readonly manifest?: Readonly<Record<string, string>>;
}

export interface PackageToLock {
  /** As the manager lists it. */
  readonly name: string;
  /** The manager's own words for it, as the install template passes them; left out: the package manifest requests it. */
  readonly argument?: string;
  /** The same with the version that was locked. */
  readonly keptArgument?: string;
}

export interface KeptVersion {
  readonly name: string;
  readonly version: string;
}

/** A package that an installation would bring, and the place of its file in the resolver's directory. */
export interface FoundPackage extends Omit<LockedPackage, "stage" | "sha256" | "size" | "bootstrap"> {
  /** Relative to the resolver's directory. */
  readonly path: string;
  /** The file's hash according to its source, by the first algorithm of this list that the source has; it is checked. */
  readonly expected?: { readonly algorithm: "sha256" | "sha512" | "sha1"; readonly hex: string };
}

export type Resolution =
  | { readonly ok: true; readonly packages: readonly FoundPackage[] }
  | { readonly ok: false; readonly message: string };

/**
 * How a package manager tells what an installation would bring. A shell script asks it, as root in a throw-away container, and it
 * decides everything itself: nothing here chooses a version.
 */
export interface LockResolver {
  /**
   * true: it manages a system. It is asked in the base image; where the stage starts from another image, `$dir/root` has that image's
   * package database in its place.
   */
  readonly isSystem: boolean;
  /** Files for the script, which are written into its directory. */
  inputs(request: LockQuestion): Readonly<Record<string, string>>;
  /**
   * POSIX shell (`set -eu`). `$dir` is its directory; it leaves `report` there, and the packages in `files/`. Where the manager has an
   * index, it leaves in `state` what tells one state of it from another, and ends there if that is what `$dir/known-state` has.
   */
  readonly script: string;
  /** Reads `report`. */
  read(report: string, request: LockQuestion): Resolution;
}
