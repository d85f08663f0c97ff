import type { GroupResult, GroupUpdates } from "../../model/update.js";

export const resultOf = ({ group, updates }: GroupUpdates) => ({ group, updates, pull: null, detail: "" });

/** What became of a group that nothing is to be done for; undefined: there is something to do. */
export function settledResult(found: GroupUpdates): GroupResult | undefined {
  if (found.problems.length > 0) {
    // Half of a group's updates is not what was asked for, and which half would be chance.
    return { ...resultOf(found), updates: [], action: "failed", detail: found.problems.join("; ") };
  }
  return found.updates.length === 0 ? { ...resultOf(found), action: "none" } : undefined;
}
