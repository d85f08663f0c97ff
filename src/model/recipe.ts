import type { FileMode } from "./catalogue.js";
import type { Containerfile } from "./containerfile.js";
import type { Source } from "./diagnostic.js";
import type { CopySource } from "./instructions.js";
import type { LockedImage } from "./lock.js";
import type { Network } from "./network.js";
import type { PackageSources } from "./package-hosts.js";

/** How one image is built: what Buildah is told, and what its build context holds. */
export interface Recipe {
  readonly containerfile: Containerfile;
  readonly context: readonly ContextEntry[];
  /** The approved packages; what was installed is checked against them. */
  readonly packages: readonly RecipePackage[];
  /**
   * Exactly what it installs, build stages included: an input of the key in place of what is approved. Left out: the build resolves.
   * An entry of slipway.lock makes its packages when they are asked for.
   */
  readonly locked?: Pick<LockedImage, "packages">;
  /**
   * The network of its RUN steps, as the definition asks for it; an input of the key where it is another one than its packages need
   * (model/network.ts). Left out: that one.
   */
  readonly network?: Network;
  /** Present where its network is `packages`. No input of the key: it says where packages come from, not which. */
  readonly packageSources?: PackageSources;
}

export interface ContextEntry {
  /** Path in the build context. */
  readonly path: string;
  readonly mode: FileMode;
  /** Octal permissions that the definition asks for instead of those of `mode`. */
  readonly permissions?: string;
  /** Where the bytes come from: a path of the catalogue, or the address of a download. */
  readonly from: string;
  /** Set: `from` is downloaded, and these are other addresses of the same bytes. */
  readonly mirrors?: readonly string[];
  /** 64 hex digits for a file; for a symbolic link its target. */
  readonly content: string;
}

/** What is copied into one directory of the image, or out of another image. */
export type RecipeArtifact = RecipeFiles | RecipeCopy;

/** Files of the build context that belong to an artifact of the definition. */
export interface RecipeFiles {
  readonly type: "files";
  /** Absolute directory of the image that `entries` are copied into. */
  readonly directory: string;
  readonly owner?: string;
  readonly entries: readonly ContextEntry[];
  /** Where the artifact is defined. */
  readonly source: Source;
  readonly pointer: string;
}

export interface RecipeCopy {
  readonly type: "copy";
  readonly from: CopySource;
  /** Absolute path there. */
  readonly path: string;
  /** Absolute path in the image; with `/` at its end the directory to copy into. */
  readonly target: string;
  readonly owner?: string;
  readonly source: Source;
  readonly pointer: string;
}

/** A requested package that passed: what the package manager is asked for and what it may answer. */
export interface ApprovedPackage {
  readonly kind: "system" | "runtime";
  /** The build stage that it is installed in; left out: the image itself. */
  readonly stage?: string;
  readonly manager: string;
  readonly name: string;
  /** Exact version or a pattern with `*`; left out: any. */
  readonly version?: string;
  /** Set where a package manifest requests it: what the manifest says of the version, as written; empty: nothing. */
  readonly constraint?: string;
  /** true: the package may be missing. */
  readonly optional?: true;
  /** The approved versions; empty: any. */
  readonly approved: readonly string[];
}

/** An approved package as its install step asks for it. */
export interface RecipePackage extends ApprovedPackage {
  /** The manager's own words for it, for instance `libpq5=15.*`. */
  readonly argument: string;
}
