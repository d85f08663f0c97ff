import type { LockedPackage } from "../../model/lock.js";

/** What one stage asks of one package manager. */
export interface LockRequest {
  /** What the installation is asked for. */
  readonly asked: readonly PackageToLock[];
  /** Versions that stay where they can: what the lock has had. */
  readonly kept: readonly KeptVersion[];
  /** The texts of a native manifest and the lock file beside it, by file name. */
  readonly manifest?: Readonly<Record<string, string>>;
}

export interface PackageToLock {
  /** As the manager lists it. */
  readonly name: string;
  /** As the install template hands it to the manager; left out: the manifest asks for it. */
  readonly argument?: string;
  /** The same with the version that was locked. */
  readonly keptArgument?: string;
}

export interface KeptVersion {
  readonly name: string;
  readonly version: string;
}

/** A package that an installation would bring, and where its file lies in the resolver's directory. */
export interface FoundPackage extends Omit<LockedPackage, "stage" | "sha256" | "size" | "bootstrap"> {
  /** Relative to the resolver's directory. */
  readonly path: string;
  /** What the file's source says of it; the one that comes first in this list is checked. */
  readonly expected?: { readonly algorithm: "sha256" | "sha512" | "sha1"; readonly hex: string };
}

export type Found =
  | { readonly ok: true; readonly packages: readonly FoundPackage[] }
  | { readonly ok: false; readonly message: string };

/**
 * How a package manager says what an installation would bring. It is asked by a shell script, as root in a throw-away container of
 * what the stage starts from, and decides everything itself: nothing here chooses a version.
 */
export interface LockResolver {
  /** Files for the script, put into its directory. */
  inputs(request: LockRequest): Readonly<Record<string, string>>;
  /** POSIX shell (`set -eu`). `$dir` is its directory; it leaves `report` there, and the packages in `files/`. */
  readonly script: string;
  /** Run after `script` where another manager comes next: installs what was found. */
  readonly install: string;
  /** Reads `report`. */
  read(report: string, request: LockRequest): Found;
}
