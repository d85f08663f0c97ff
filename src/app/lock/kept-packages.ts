import type { DesiredImage } from "../../model/desired.js";
import { isLockManager, type LockedPackage } from "../../model/lock.js";

/**
 * What may move: every package, or those with these names and others that are built from the same source; omitted: only those that
 * must.
 */
export type LockUpdate = true | ReadonlySet<string>;

/** Why an image cannot be in the lockfile; undefined: it can. */
export function openReason({ node, recipe }: DesiredImage): string | undefined {
  const other = recipe.packages.find(({ manager }) => !isLockManager(manager));
  if (other !== undefined) return `packages of ${other.manager} cannot be locked`;
  const isDnf = node.stages.some(({ base }) => base.type === "bootstrap" && base.bootstrap.manager === "dnf");
  return isDnf ? "a bootstrap by dnf cannot be locked" : undefined;
}

/** The locked packages that keep their versions. Names are as in the lockfile. */
export function keptPackages(old: readonly LockedPackage[], update: LockUpdate | undefined): readonly LockedPackage[] {
  if (update === true) return [];
  if (update === undefined) return old;
  const movingSources = new Set(old.filter(({ name }) => update.has(name)).map(sourceOf));
  return old.filter((entry) => !update.has(entry.name) && !movingSources.has(sourceOf(entry)));
}

/** The source that a package is built from. Packages of one source mostly need one another in the same version. */
const sourceOf = ({ manager, name, source }: LockedPackage) => `${manager} ${source?.split(" ", 1)[0] ?? name}`;
