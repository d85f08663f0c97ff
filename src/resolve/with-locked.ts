import type { DesiredImage } from "../model/desired.js";
import type { LockedImage } from "../model/lock.js";

/** The image that installs exactly the packages of an entry of the lockfile. */
export const withLocked = (image: DesiredImage, locked: Pick<LockedImage, "packages">): DesiredImage => ({
  ...image,
  recipe: { ...image.recipe, locked },
});

/** The image whose build resolves, as it is without a lockfile. */
export function withoutLock(image: DesiredImage): DesiredImage {
  const { locked: _, ...recipe } = image.recipe;
  return { ...image, recipe };
}
