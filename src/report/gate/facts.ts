import type { ApprovalState, GateImage, GateReport, RequiredApproval } from "../../model/gate.js";

/** Facts that the gate's texts, its label and its check agree on. */

/** Images that the change builds or may build. */
export const rebuilds = ({ images }: GateReport): readonly GateImage[] =>
  images.filter(({ action }) => action === "build" || action === "pending");

export const failures = ({ images }: GateReport): readonly GateImage[] =>
  images.filter(({ build }) => build?.outcome === "failed");

export const errors = ({ diagnostics }: GateReport) => diagnostics.filter(({ severity }) => severity === "error");

/** Whether anything but an approval stands in the way. A missing plan with no diagnostic is also a failure. */
export const isFailure = (report: GateReport) =>
  report.digest === null || errors(report).length > 0 || report.conflicts.length > 0 || failures(report).length > 0;

/**
 * Whether the report says too little to create a comment for; an existing comment is still updated. Changes that only
 * administrators may approve are worth a comment even if they affect no image.
 */
export function isNothing(report: GateReport, approvals?: readonly ApprovalState[]): boolean {
  const needed = approvals?.map(({ required }) => required) ?? report.requirements ?? [];
  const ordinary = needed.every(({ kind }) => kind === "image" || kind === "other");
  return !isFailure(report) && report.images.length === 0 && report.diagnostics.length === 0 && ordinary;
}

/** The approvals still missing. Without `approvals` it is not known who approved, so they are all that are required. */
export function missingApprovals(
  report: GateReport,
  approvals: readonly ApprovalState[] | undefined,
): readonly RequiredApproval[] {
  if (approvals === undefined) return report.requirements ?? [];
  return approvals.filter(({ by }) => by === null).map(({ required }) => required);
}

/** Teams first. */
export const ownerNames = ({ teams, users }: RequiredApproval) => [...teams, ...users];

/**
 * Groups of owners, one of each of which must approve. A group that contains another one is left out: an administrator who
 * approves the policy has approved the images, too.
 */
export function neededOwners(required: readonly RequiredApproval[]): readonly (readonly string[])[] {
  const groups = required.map((approval) => [...new Set(ownerNames(approval))]);
  const within = (small: readonly string[], large: readonly string[]) => small.every((owner) => large.includes(owner));
  return groups.filter(
    (group, index) =>
      !groups.some((other, at) => at !== index && within(other, group) && (other.length < group.length || at < index)),
  );
}
