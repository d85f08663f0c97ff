import type { ImageNode, Stage } from "../model/graph.js";
import type { AddedPackage } from "../model/inventory.js";
import type { LockedPackage } from "../model/lock.js";
import { addedFromLock } from "./locked-contents.js";

/**
 * What slipway.lock says that a build stage, or the image itself, adds. Of a bootstrap those packages count as the system that
 * nothing of what is asked for needs.
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

/** Packages that nobody asks for, and what they need: the others are there for what is asked for. */
function systemOf(entries: readonly LockedPackage[]): ReadonlySet<string> {
  const neededBy = new Map<string, string[]>();
  for (const { name, why } of entries) for (const by of why) neededBy.set(by, [...(neededBy.get(by) ?? []), name]);
  const system = new Set(entries.filter(({ why }) => why.length === 0).map(({ name }) => name));
  // A set hands out what is added while it is walked.
  for (const name of system) for (const needed of neededBy.get(name) ?? []) system.add(needed);
  return system;
}
