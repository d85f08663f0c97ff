import type { Diagnostic } from "../model/diagnostic.js";
import type { AddedPackage } from "../model/inventory.js";
import type { PackageHome } from "./packages-of.js";

/** What is known about the contents of an image or of a build stage. */
export interface ContentsContext extends PackageHome {
  /**
   * `request`: the packages that definitions request, before anything tells what they bring: versions may be empty; `lock`: the
   * packages of slipway.lock, before the build; `image`: the installed packages, after it.
   */
  readonly when: "request" | "lock" | "closure" | "image";
  /** What the image adds to what it starts from. */
  readonly added: readonly AddedPackage[];
}
/** A diagnostic about one package of an image; `package` is how exceptions may name it. */
export interface ContentsProblem {
  readonly diagnostic: Diagnostic;
  readonly package?: string;
}

/** A pure function from the contents of an image to their problems. */
export type ContentsRule = (context: ContentsContext) => readonly ContentsProblem[];
