import type { FileMode } from "./catalogue.js";
import type { Bootstrap } from "./definition.js";

/** How one image is built: the text for Buildah and what its build context holds. */
export interface Recipe {
  readonly containerfile: string;
  readonly context: readonly ContextEntry[];
  /** Set: `rootfs.tar` of the context is made by a bootstrap before the build. */
  readonly bootstrap?: Bootstrap;
  /** What the approved lists allow for packages that the build resolves; checked against what was installed. */
  readonly packages: readonly RecipePackage[];
}

export interface ContextEntry {
  /** Path in the build context. */
  readonly path: string;
  readonly mode: FileMode;
  /** Octal permissions that the definition asks for instead of those of `mode`. */
  readonly permissions?: string;
  /** Where the bytes come from: a path of the catalogue. */
  readonly from: string;
  /** 64 hex digits for a file; for a symbolic link its target. */
  readonly content: string;
}

/** One artifact of the definition, with the files it stands for. */
export interface RecipeArtifact {
  /** Absolute directory of the image that `entries` are copied into. */
  readonly directory: string;
  readonly owner?: string;
  readonly entries: readonly ContextEntry[];
  /** JSON pointer of the artifact in the definition. */
  readonly pointer: string;
}

/** A package after approval: what is asked of the package manager and what it may answer. */
export interface RecipePackage {
  readonly kind: "system" | "runtime";
  readonly manager: string;
  readonly name: string;
  /** Exact version or a pattern with `*`; left out: any. */
  readonly version?: string;
  /** Set where a native manifest asks for it: what it says of the version, as it is written; empty: nothing. */
  readonly constraint?: string;
  /** true: it need not be installed. */
  readonly optional?: true;
  /** The approved versions; empty: any. */
  readonly approved: readonly string[];
  /** The manager's own words for it, for instance `libpq5=15.*`. */
  readonly spec: string;
}
