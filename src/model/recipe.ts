import type { FileMode } from "./catalogue.js";
import type { Bootstrap, Healthcheck } from "./definition.js";

/** How one image is built: the text for Buildah and what its build context holds. */
export interface Recipe {
  readonly containerfile: string;
  readonly context: readonly ContextEntry[];
  /** Set: `rootfs.tar` of the context is made by a bootstrap before the build. */
  readonly bootstrap?: Bootstrap;
  /** Images of others that it starts from, as they stand behind FROM: pinned by digest. */
  readonly externals?: readonly string[];
  /** What the Containerfile says and Buildah leaves out of images in OCI format: added to the configuration afterwards. */
  readonly config?: { readonly healthcheck?: Healthcheck; readonly shell?: readonly string[] };
  /** Commands run where nothing in the chain has an operating system: Buildah's mount points must not stay in the image. */
  readonly bare?: boolean;
  /** What the approved lists allow for packages that the build resolves; checked against what was installed. */
  readonly packages: readonly RecipePackage[];
}

export interface ContextEntry {
  /** Path in the build context. */
  readonly path: string;
  readonly mode: FileMode;
  /** Octal permissions that the definition asks for instead of those of `mode`. */
  readonly permissions?: string;
  /** Where the bytes come from: a path of the catalogue, or an https URL where there are `mirrors`. */
  readonly from: string;
  /** Other addresses of the same bytes. Set (also empty): the file is downloaded. */
  readonly mirrors?: readonly string[];
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
  /** The approved versions; empty: any. */
  readonly approved: readonly string[];
  /** The manager's own words for it, for instance `libpq5=15.*`. */
  readonly spec: string;
}
