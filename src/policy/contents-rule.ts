import type { Diagnostic } from "../model/diagnostic.js";
import type { AddedPackage } from "../model/inventory.js";
import type { PackageHome } from "./packages-of.js";

/** What is known of an image's contents, or of a build stage's. */
export interface ContentsContext extends PackageHome {
  /**
   * `request`: what definitions ask for, where nothing says yet what comes of it: versions may be empty; `lock`: what
   * slipway.lock says, before the build; `image`: what is really installed, after it.
   */
  readonly when: "request" | "lock" | "image";
  /** What the image adds to what it starts from. */
  readonly added: readonly AddedPackage[];
}
/** A diagnostic about one package of an image; `package` is how exceptions may name it. */
export interface ContentsProblem {
  readonly diagnostic: Diagnostic;
  readonly package?: string;
}

/** One rule: a pure function from what is in an image to what is wrong with it. */
export type ContentsRule = (context: ContentsContext) => readonly ContentsProblem[];
