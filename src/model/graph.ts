import type { ExternalBase } from "./catalogue.js";
import type { Body, Bootstrap, ImageDefinition } from "./definition.js";
import type { ImageName, Platform } from "./names.js";
import type { Network } from "./network.js";

/** The images, each after everything that it is built from. */
export interface Graph {
  readonly nodes: ReadonlyMap<ImageName, ImageNode>;
}

export interface ImageNode {
  readonly name: ImageName;
  readonly definition: ImageDefinition;
  /** The image of the catalogue that it derives from. */
  readonly parent: ImageName | undefined;
  /** All images of the catalogue it is built from: its parent first, then those of its stages and artifacts, each once. */
  readonly parents: readonly ImageName[];
  /** Images that are built from this one in any way. */
  readonly children: readonly ImageName[];
  /** 0 for an image that is built from no other, otherwise one more than the highest among its parents. */
  readonly level: number;
  /** Its build stages and, last of all, the image itself. */
  readonly stages: readonly [...Stage[], Stage];
  readonly platform: Platform;
  /** Own or inherited. Undefined: nothing in the chain declares an operating system. */
  readonly os: string | undefined;
  readonly language: string | undefined;
  /** Own or inherited user of `run`: instructions that need root switch to it and back. */
  readonly user: string | undefined;
}

/** A build stage, or the image itself. */
export interface Stage {
  /** undefined: the image itself. */
  readonly name: string | undefined;
  readonly base: StageBase;
  readonly os: string | undefined;
  readonly language: string | undefined;
  /** The user it leaves behind. */
  readonly user: string | undefined;
  /** What runs strings; undefined: /bin/sh. */
  readonly shell: readonly string[] | undefined;
  /** As its definition has it; left out: what its package managers need. */
  readonly network?: Network;
  /** The same for what it starts from. */
  readonly inherited: Pick<Stage, "os" | "language" | "user" | "shell" | "unknown">;
  /**
   * What it derives from is unknown, which has been reported there: that nothing is inherited is not a second
   * mistake.
   */
  readonly unknown?: true;
  /** Bodies of modules, dependencies first, then its own. */
  readonly bodies: readonly [...Body[], Body];
}

/** What a stage starts from. */
export type StageBase =
  | { readonly type: "image"; readonly image: ImageName }
  | { readonly type: "stage"; readonly stage: string }
  | { readonly type: "external"; readonly base: ExternalBase }
  | { readonly type: "bootstrap"; readonly bootstrap: Bootstrap }
  /** Used as well if the external image is unknown, which is a diagnostic. */
  | { readonly type: "scratch" };
