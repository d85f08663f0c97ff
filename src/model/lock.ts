import type { Diagnostic, Place } from "./diagnostic.js";
import type { Digest, ImageName, Platform } from "./names.js";

/** `slipway.lock`: what the images' packages were resolved to. Written by `slipway lock`, never by hand. */
export interface Lock {
  /** undefined: the image is not in it, so its build resolves; or its entry has a problem. */
  find(image: ImageName): LockedImage | undefined;
  /** What is wrong with an image's entry. Entries are read when they are asked for: ten thousand of them take their time. */
  problem(image: ImageName): Diagnostic | undefined;
  /** An image's entry as it stands in the file, to tell whether two locks have the same. */
  text(image: ImageName): string | undefined;
  readonly names: readonly ImageName[];
  /** External bases, by reference. */
  readonly bases: ReadonlyMap<string, LockedBase>;
  /** Where an image's entry stands; undefined: the file as a whole. */
  at(image?: ImageName): Place;
  /** Where the entry of an external base stands. */
  atBase(ref: string): Place;
}

export interface LockedBase {
  /** As catalog/bases.yaml has it: of a manifest, or of an index of several. */
  readonly digest: Digest;
  /** Manifest digests. */
  readonly platforms: ReadonlyMap<Platform, Digest>;
}

export interface LockedImage {
  /** 64 hex digits over all that the packages were resolved from (resolve/lock-inputs.ts): another value is a stale entry. */
  readonly madeFrom: string;
  /** Sorted by stage (the image itself first), manager, name, version and architecture. */
  readonly packages: readonly LockedPackage[];
}

export const LOCK_MANAGERS = ["apt", "dnf", "pip", "npm"] as const;

export type LockManager = (typeof LOCK_MANAGERS)[number];

/** One file of a package manager that an image installs, with everything that it brings beyond what it starts from. */
export interface LockedPackage {
  /** The build stage; left out: the image itself. */
  readonly stage?: string;
  readonly manager: LockManager;
  readonly name: string;
  readonly version: string;
  /** `amd64`, `all`, `x86_64`, `noarch`; left out where the manager has none. */
  readonly arch?: string;
  /** The file's own name, without a directory: `libpq5_15.18-0+deb12u1_amd64.deb`. */
  readonly file: string;
  /** Bytes. */
  readonly size: number;
  /** 64 hex digits. */
  readonly sha256: string;
  /** The source package and its version, where they differ from name and version. */
  readonly source?: string;
  /** As the package itself says it; left out: it says nothing. */
  readonly license?: string;
  /** Names of the packages that need it, sorted; empty: the definition asks for it, or see `bootstrap`. */
  readonly why: readonly string[];
  /** The system that is made from a package archive brings it. */
  readonly bootstrap?: true;
}
