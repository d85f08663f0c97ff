import type { LockedPackage } from "../model/lock.js";
import type { LockChange } from "../model/lock-result.js";

/** The differences between two states of an image's entry, sorted by stage, manager and name. */
export function lockChanges(before: readonly LockedPackage[], after: readonly LockedPackage[]): LockChange[] {
  const [old, now] = [byName(before), byName(after)];
  return [...new Set([...old.keys(), ...now.keys()])].sort().flatMap((key) => {
    const [from, to] = [old.get(key) ?? [], now.get(key) ?? []];
    const { stage, manager, name } = (to[0] ?? from[0]) as LockedPackage;
    // The same files may have other bytes: an archive that was made anew.
    if (same(from, to)) return [];
    const shared = { ...(stage === undefined ? {} : { stage }), manager, name };
    return [{ ...shared, from: versions(from), to: versions(to) }];
  });
}

function byName(packages: readonly LockedPackage[]): Map<string, LockedPackage[]> {
  const groups = new Map<string, LockedPackage[]>();
  for (const entry of packages) {
    const key = `${entry.stage ?? ""} ${entry.manager} ${entry.name}`;
    groups.set(key, [...(groups.get(key) ?? []), entry]);
  }
  return groups;
}

const same = (a: readonly LockedPackage[], b: readonly LockedPackage[]) =>
  a.length === b.length && a.every(({ sha256 }) => b.some((other) => other.sha256 === sha256));

const versions = (packages: readonly LockedPackage[]) =>
  packages.length === 0 ? null : [...new Set(packages.map(({ version }) => version))].sort().join(", ");
