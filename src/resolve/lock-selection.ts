import type { DesiredImage } from "../model/desired.js";
import type { ImageName } from "../model/names.js";

export interface LockSelection {
  /** Images of the catalogue that have an entry; undefined: there is no lockfile yet. */
  readonly locked: ReadonlySet<ImageName> | undefined;
  /** Only these images; empty: see below. */
  readonly names: readonly ImageName[];
  readonly all: boolean;
  /** Names whose entries are removed. */
  readonly removed: ReadonlySet<ImageName>;
}

/**
 * The images that the lockfile is made for, in build order. With names: these, and their ancestors that are in it. Without names: all
 * images if there is no lockfile yet; else those that are in it, and new images whose parent is in it.
 */
export function selectForLock(
  images: ReadonlyMap<ImageName, DesiredImage>,
  { locked, names, all, removed }: LockSelection,
  isLockable: (image: DesiredImage) => boolean,
): ReadonlySet<ImageName> {
  const wanted = new Set<ImageName>();
  const near = names.length === 0 ? undefined : withParents(names, images);
  for (const [name, image] of images) {
    if (removed.has(name) || !isLockable(image)) continue;
    const isIn = locked?.has(name) ?? false;
    const { parent } = image.node;
    const isNew = parent !== undefined && wanted.has(parent);
    const takes =
      near === undefined
        ? all || locked === undefined || isIn || isNew
        : names.includes(name) || (isIn && near.has(name));
    if (takes) wanted.add(name);
  }
  return wanted;
}

function withParents(names: readonly ImageName[], images: ReadonlyMap<ImageName, DesiredImage>): Set<ImageName> {
  const selection = new Set<ImageName>();
  const waiting = [...names];
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    if (selection.has(name)) continue;
    selection.add(name);
    waiting.push(...(images.get(name)?.node.parents ?? []));
  }
  return selection;
}
