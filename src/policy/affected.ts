import type { PackageType } from "../model/inventory.js";
import type { AffectedPackage, AffectedRange, CompareVersions, RangeEvent } from "../model/vulnerability.js";

export interface AffectedVersion {
  /** The lowest later version that fixes it; undefined: the advisory knows none. */
  readonly fixedIn: string | undefined;
}

/** How a version is affected, by OSV's evaluation algorithm; undefined: it is not. */
export function affectedVersion(
  { ranges, versions }: AffectedPackage,
  type: PackageType,
  version: string,
  compare: CompareVersions,
): AffectedVersion | undefined {
  const hits = ranges.flatMap((range) => {
    // Ranges of this type are about semantic versions, whatever the ecosystem.
    const order = range.type === "SEMVER" ? "npm" : type;
    return inRange(range, version, (a, b) => compare(order, a, b)) ?? [];
  });
  const listed = versions.some((other) => other === version || compare(type, other, version) === 0);
  if (hits.length === 0 && !listed) return undefined;
  const fixes = hits.flatMap(({ fixedIn }) => fixedIn ?? []);
  return { fixedIn: fixes.sort((a, b) => compare(type, a, b))[0] };
}

function inRange(
  { events }: AffectedRange,
  version: string,
  compare: (a: string, b: string) => number,
): AffectedVersion | undefined {
  const place = ({ type, version: at }: RangeEvent) => (type === "introduced" && at === "0" ? undefined : at);
  const sorted = [...events].sort((a, b) => {
    const [left, right] = [place(a), place(b)];
    if (left === undefined || right === undefined) return Number(left !== undefined) - Number(right !== undefined);
    return compare(left, right);
  });
  let isAffected = false;
  for (const event of sorted) {
    const at = place(event);
    const difference = at === undefined ? 1 : compare(version, at);
    if (event.type === "introduced" && difference >= 0) isAffected = true;
    else if (event.type === "fixed" && difference >= 0) isAffected = false;
    else if (event.type === "last_affected" && difference > 0) isAffected = false;
    // All events that follow are about later versions.
    else if (event.type === "fixed" && isAffected) return { fixedIn: event.version };
  }
  return isAffected ? { fixedIn: undefined } : undefined;
}
