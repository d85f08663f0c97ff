import type { GroupResult, GroupUpdates } from "../../model/update.js";

export const resultOf = ({ group, updates }: GroupUpdates) => ({ group, updates, pull: null, detail: "" });

/** The result of a group that needs no action; undefined: it needs some. */
export function settledResult(group: GroupUpdates): GroupResult | undefined {
  if (group.problems.length > 0) {
    // A group is updated as a whole: which part of it would be updated here is chance.
    return { ...resultOf(group), updates: [], action: "failed", detail: group.problems.join("; ") };
  }
  return group.updates.length === 0 ? { ...resultOf(group), action: "none" } : undefined;
}
