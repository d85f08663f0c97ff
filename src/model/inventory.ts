import type { ImageName } from "./names.js";

/** Types of the package URL specification (purl). */
export type PackageType = "deb" | "rpm" | "apk" | "pypi" | "npm" | "gem" | "golang" | "maven" | "nuget";

/** The packages installed in one file system, from the databases of its package managers. */
export interface Inventory {
  /** `ID` and `VERSION_ID` of os-release(5); left out: the file system has no such file. */
  readonly os?: { readonly id: string; readonly version: string };
  /** Sorted by type, name, version and place. */
  readonly packages: readonly InventoryPackage[];
}

export interface InventoryPackage {
  readonly type: PackageType;
  /** As its manager lists it; npm with its scope, Maven as `group:artifact`. */
  readonly name: string;
  readonly version: string;
  readonly arch?: string;
  /** The source package, if the manager knows one. */
  readonly source?: { readonly name: string; readonly version: string };
  /** As the package itself states it. */
  readonly license?: string;
  /** The file or directory that says so, absolute in the image. Language packages may be there several times. */
  readonly place: string;
  /** What it needs at run time, one name of each list. Names are as in `name` and `provides`. */
  readonly requires: readonly (readonly string[])[];
  /** Other names under which it is required. */
  readonly provides: readonly string[];
  /**
   * Part of every system of its kind (dpkg: Essential, or a priority from `standard` up): no definition has to ask
   * for it.
   */
  readonly system?: true;
  /**
   * The system package that its files belong to (Debian's python3-requests holds the Python package requests): it is
   * present, but that package brought it, so it is not an addition of its own.
   */
  readonly ownedBy?: string;
}

/** A package that an image adds to what it starts from. */
export interface AddedPackage extends InventoryPackage {
  readonly kind: "system" | "runtime";
  readonly why: Why;
}

/**
 * How a package came into an image: the definition asks for it; packages need it; it is part of the system that the
 * image makes; the lockfile has it; or nothing asks for it, so `setup` or an artifact brought it.
 */
export type Why =
  | { readonly type: "asked" }
  | { readonly type: "needed"; readonly by: readonly string[] }
  | { readonly type: "system" }
  | { readonly type: "locked" }
  | { readonly type: "unasked" };

/** Stands for an external image that a package was already in; no image of a catalogue can have this name. */
export const EXTERNAL = "(external)" as const;

/** What is known about the content of an image. */
export interface ImageContents {
  readonly image: ImageName;
  /** `image`: from the built image; `lock`: from slipway.lock; `unknown`: there is neither. */
  readonly from: "image" | "lock" | "unknown";
  readonly os?: Inventory["os"];
  /** Everything in it, including what its ancestors brought. */
  readonly packages: readonly OwnedPackage[];
}

export interface OwnedPackage extends AddedPackage {
  /** The image of the chain that brought it, or the external image that the chain starts from. */
  readonly broughtBy: ImageName | typeof EXTERNAL;
}
