import type { DesiredImage } from "../model/desired.js";
import type { LockedImage, LockedPackage } from "../model/lock.js";
import type { Recipe } from "../model/recipe.js";

/** The image that installs exactly these packages. */
export function withLocked(image: DesiredImage, packages: readonly LockedPackage[]): DesiredImage {
  return lockedBy(image, { packages });
}

/** The same by an entry of the lock. Neither its packages nor the Containerfile's text are made before somebody asks for them. */
export function lockedBy(image: DesiredImage, entry: Pick<LockedImage, "packages">): DesiredImage {
  const recipe: Recipe = Object.create(Object.prototype, {
    ...Object.getOwnPropertyDescriptors(image.recipe),
    locked: { enumerable: true, get: () => entry.packages },
  });
  return { ...image, recipe };
}

/** The image whose build resolves, as it is without a lock. */
export function withoutLock(image: DesiredImage): DesiredImage {
  const { locked: _, ...members } = Object.getOwnPropertyDescriptors(image.recipe);
  return { ...image, recipe: Object.create(Object.prototype, members) };
}
