import type { Diagnostic, Place } from "./diagnostic.js";
import type { Digest, ImageName, Platform } from "./names.js";

/** `slipway.lock`: what the images' packages were resolved to. Written by `slipway lock`, never by hand. */
export interface Lock {
  /** undefined: the image is not locked, so its build resolves packages; or its entry has a problem. */
  find(image: ImageName): LockedImage | undefined;
  /** The problem of an image's entry. Entries are read on demand, because ten thousand of them take a while. */
  problem(image: ImageName): Diagnostic | undefined;
  /** An image's entry as the file has it, to tell whether two lockfiles have the same. */
  text(image: ImageName): string | undefined;
  readonly names: readonly ImageName[];
  /** Images that were to be locked and failed before they had an entry: `slipway lock` tries them again. */
  readonly wanted: readonly ImageName[];
  /** External bases, by reference. */
  readonly bases: ReadonlyMap<string, LockedBase>;
  /** The place of an image's entry; undefined: the file as a whole. */
  at(image?: ImageName): Place;
  /** The place of an external base's entry. */
  atBase(ref: string): Place;
}

export interface LockedBase {
  /** As in catalog/bases.yaml: of a manifest, or of an index of several. */
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

/** Whether a manager can say beforehand which files it would install, so that they can be in slipway.lock. */
export const isLockManager = (name: string): name is LockManager => (LOCK_MANAGERS as readonly string[]).includes(name);

/** One file of a package manager that an image installs, with everything that it brings beyond what it starts from. */
export interface LockedPackage {
  /** The build stage; left out: the image itself. */
  readonly stage?: string;
  readonly manager: LockManager;
  readonly name: string;
  readonly version: string;
  /** `amd64`, `all`, `x86_64`, `noarch`; left out if the manager has no architectures. */
  readonly arch?: string;
  /** The file's own name, without a directory: `libpq5_15.18-0+deb12u1_amd64.deb`. */
  readonly file: string;
  /** Bytes. */
  readonly size: number;
  /** 64 hex digits. */
  readonly sha256: string;
  /** The source package and its version, if they differ from name and version. */
  readonly source?: string;
  /** As the package itself states it; left out: it states none. */
  readonly license?: string;
  /** Names of the packages that need it, sorted; empty: the definition asks for it, or see `bootstrap`. */
  readonly why: readonly string[];
  /** It comes with the system that is made from a package archive. */
  readonly bootstrap?: true;
}
