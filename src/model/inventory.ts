import type { ImageName } from "./names.js";

/** Types of the package URL specification (purl). */
export type PackageType = "deb" | "rpm" | "apk" | "pypi" | "npm" | "gem" | "golang" | "maven" | "nuget";

/** What is installed in one file system, from the databases of package managers there. */
export interface Inventory {
  /** `ID` and `VERSION_ID` of os-release(5); left out: there is none. */
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
  /** The source package, where the manager knows one. */
  readonly source?: { readonly name: string; readonly version: string };
  /** As the package itself says it. */
  readonly license?: string;
  /** The file or directory that says so, absolute in the image. Language packages may be there several times. */
  readonly place: string;
  /** What it needs at run time: of each list one. Names as `name` and `provides` have them. */
  readonly requires: readonly (readonly string[])[];
  /** Other names under which it is required. */
  readonly provides: readonly string[];
  /** Part of every system of its kind (dpkg: Essential, or a priority from `standard` up): nobody has to ask for it. */
  readonly system?: true;
  /**
   * The system package that its files belong to (Debian's python3-requests holds the Python package requests): it is there, but
   * that package brought it, so it is no addition of its own.
   */
  readonly ownedBy?: string;
}

/** A package that an image adds to what it starts from. */
export interface AddedPackage extends InventoryPackage {
  readonly kind: "system" | "runtime";
  readonly why: Why;
}

/**
 * How a package came into an image: the definition asks for it; packages need it; it is part of the system that the image makes;
 * the lock has it; or nobody asked: `setup`, an artifact.
 */
export type Why =
  | { readonly type: "asked" }
  | { readonly type: "needed"; readonly by: readonly string[] }
  | { readonly type: "system" }
  | { readonly type: "locked" }
  | { readonly type: "unasked" };

/** Stands for an external image where a package was already there; no image of a catalogue can have this name. */
export const EXTERNAL = "(external)" as const;

/** What is known of an image's content. */
export interface ImageContents {
  readonly image: ImageName;
  /** `image`: the built image was looked at; `lock`: slipway.lock says so; `unknown`: neither is there. */
  readonly from: "image" | "lock" | "unknown";
  readonly os?: Inventory["os"];
  /** Everything in it, with what its ancestors brought. */
  readonly packages: readonly OwnedPackage[];
}

export interface OwnedPackage extends AddedPackage {
  /** The image of the chain that brought it, or the external image that the chain starts from. */
  readonly broughtBy: ImageName | typeof EXTERNAL;
}
