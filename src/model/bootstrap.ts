import type { Bootstrap } from "./definition.js";

/**
 * The arguments by which mmdebstrap(1) makes a root file system, without target and mirrors. They stand in the Containerfile
 * as well, so that a change of them changes keys.
 */
export function bootstrapArguments({ suite, variant, packages }: Bootstrap): string[] {
  const include = packages.length === 0 ? [] : [`--include=${[...packages].sort().join(",")}`];
  // Device nodes are the runtime's to make, and rootless builds cannot: without them root gets the same archive as any user.
  return [`--variant=${variant}`, "--skip=output/dev", ...include, suite];
}
