import type { Bootstrap, Healthcheck } from "./definition.js";
import type { ImageName } from "./names.js";

/** A build stage of a recipe, or the image itself. */
export interface RecipeStage {
  /** undefined: the image itself, which is the last stage. */
  readonly name: string | undefined;
  readonly base: RecipeBase;
  /** In the order in which Buildah executes them. */
  readonly instructions: readonly Instruction[];
  /**
   * Of the image itself: commands run where nothing in the chain has an operating system, so Buildah's mount points must not stay.
   */
  readonly bare?: true;
}

/** What a stage starts from. */
export type RecipeBase =
  | { readonly type: "scratch" }
  /** `rootfs.tar` of the build context, which a bootstrap makes before the build. */
  | { readonly type: "bootstrap"; readonly bootstrap: Bootstrap }
  /** An earlier stage of the same recipe. */
  | { readonly type: "stage"; readonly stage: string }
  /** An image of the catalogue. */
  | { readonly type: "image"; readonly image: ImageName }
  /** An image that others publish, pinned by digest: `registry.example/os@sha256:…`. */
  | { readonly type: "external"; readonly reference: string };

/** One instruction of a Containerfile. Values are as the definition has them: quoting is the text's business. */
export type Instruction =
  | InstallInstruction
  | CopyInstruction
  | { readonly type: "user"; readonly user: string }
  /** Declares the build argument that stands for line feeds in variables and labels. */
  | { readonly type: "line-feed" }
  | { readonly type: "env"; readonly name: string; readonly value: string }
  | { readonly type: "label"; readonly name: string; readonly value: string }
  /** Runs a program without a shell. */
  | { readonly type: "run"; readonly argv: readonly string[] }
  /** Runs a script by /bin/sh, which reads the machine's settings first; `args` are `$0` and what follows. */
  | { readonly type: "script"; readonly script: string; readonly args: readonly string[] }
  | { readonly type: "workdir"; readonly path: string }
  | { readonly type: "expose"; readonly port: string }
  | { readonly type: "volume"; readonly paths: readonly string[] }
  | { readonly type: "stopsignal"; readonly signal: string }
  | { readonly type: "shell"; readonly argv: readonly string[] }
  | { readonly type: "healthcheck"; readonly healthcheck: Healthcheck }
  | { readonly type: "entrypoint"; readonly argv: readonly string[] }
  | { readonly type: "cmd"; readonly argv: readonly string[] };

/** Has one package manager install packages. */
export interface InstallInstruction {
  readonly type: "install";
  readonly kind: "system" | "runtime";
  readonly manager: string;
  /** The RUN instruction as the manager's template makes it, cut where the prologue (containerfile.ts) stands. */
  readonly parts: readonly string[];
}

export interface CopyInstruction {
  readonly type: "copy";
  /** Left out: the build context. */
  readonly from?: CopySource;
  readonly owner?: string;
  readonly path: string;
  /** Absolute path in the image; with `/` at its end the directory to copy into. */
  readonly target: string;
}

export type CopySource = Extract<RecipeBase, { readonly type: "stage" | "image" }>;
