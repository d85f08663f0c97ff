import type { ImageNode, Stage } from "../model/graph.js";
import type { AddedPackage } from "../model/inventory.js";
import type { LockedPackage } from "../model/lock.js";
import { addedFromLock } from "./locked-contents.js";

/**
 * The packages that a build stage, or the image itself, adds by slipway.lock. Packages of a bootstrap that no requested package
 * needs count as the system.
 */
export function lockedAdditions(
  locked: readonly LockedPackage[],
  stage: Pick<Stage, "name">,
  { definition: { origin } }: ImageNode,
): readonly AddedPackage[] {
  const entries = locked.filter((entry) => entry.stage === stage.name);
  const bootstrapped = new Set(origin.type === "bootstrap" ? origin.bootstrap.packages : []);
  const isAsked = ({ name, why, bootstrap }: LockedPackage) => (bootstrap ? bootstrapped.has(name) : why.length === 0);
  const system = systemOf(entries.filter((entry) => entry.bootstrap && !isAsked(entry)));
  return entries.map((entry): AddedPackage => {
    const added = addedFromLock(entry);
    if (isAsked(entry)) return { ...added, why: { type: "asked" } };
    return system.has(entry.name) ? { ...added, why: { type: "system" } } : added;
  });
}

/** Packages without a request, and what they need: the others are there for requested packages. */
function systemOf(entries: readonly LockedPackage[]): ReadonlySet<string> {
  const neededBy = new Map<string, string[]>();
  for (const { name, why } of entries) for (const by of why) neededBy.set(by, [...(neededBy.get(by) ?? []), name]);
  const system = new Set(entries.filter(({ why }) => why.length === 0).map(({ name }) => name));
  // Iterating over a set includes what is added meanwhile.
  for (const name of system) for (const needed of neededBy.get(name) ?? []) system.add(needed);
  return system;
}
