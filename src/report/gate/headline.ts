import { cut, withRest } from "../../model/cut.js";
import type { ApprovalState, GateReport } from "../../model/gate.js";
import { plural, roughly } from "../text.js";
import { errors, failures, isFailure, missingApprovals, neededOwners, rebuilds } from "./facts.js";

/** The most owners named if several can approve. */
const MAX_OWNERS = 3;

export interface Headline {
  readonly report: GateReport;
  readonly approvals?: readonly ApprovalState[] | undefined;
  /** Formats an owner. The rest of the line contains no foreign text. */
  readonly owner: (name: string) => string;
}

/** The one line to decide by: the worst failure, how much is rebuilt, what it costs, who must approve. */
export function headline({ report, approvals, owner }: Headline): string {
  const failed = failureWords(report);
  const parts = [...failed, ...sizeWords(report), ...costWords(report)];
  return `${isFailure(report) ? "❌ " : ""}${[...parts, ...approvalWords({ report, approvals, owner })].join(" · ")}`;
}

/** The worst first. */
function failureWords(report: GateReport): string[] {
  const rejected = errors(report).length;
  const { conflicts, digest } = report;
  const failed = failures(report);
  const tests = failed.filter(({ build }) => build?.error?.code === "TEST_FAILED").length;
  const builds = failed.length - tests;
  return [
    ...(rejected > 0 ? [`rejected: ${plural(rejected, "problem")}`] : []),
    ...(rejected === 0 && digest === null ? ["there is no plan"] : []),
    ...(conflicts.length > 0 ? [`${plural(conflicts.length, "file")} in conflict with the base branch`] : []),
    ...(builds > 0 ? [builds === 1 ? "1 image fails to build" : `${builds} images fail to build`] : []),
    ...(tests > 0 ? [tests === 1 ? "1 image fails its tests" : `${tests} images fail their tests`] : []),
  ];
}

function sizeWords(report: GateReport): string[] {
  if (report.digest === null) return [];
  const count = (action: string) => report.images.filter((image) => image.action === action).length;
  const built = rebuilds(report);
  const levels = new Set(built.map(({ level }) => level)).size;
  const verb = built.length === 1 ? "rebuilds" : "rebuild";
  return [
    ...(report.images.length === 0 ? ["nothing to rebuild"] : []),
    ...(built.length > 0 ? [`${built.length} of ${plural(report.total, "image")} ${verb}`] : []),
    ...(levels > 1 ? [plural(levels, "level")] : []),
    ...(count("retag") > 0 ? [`${count("retag")} to retag`] : []),
    ...(count("delete") > 0 ? [`${count("delete")} removed`] : []),
  ];
}

/** The time of all builds one after another. If some were not built, the others are a lower bound. */
function costWords(report: GateReport): string[] {
  const images = rebuilds(report);
  const built = images.filter(({ build }) => build !== null && build.outcome !== "skipped");
  const seconds = built.reduce((sum, { build }) => sum + (build?.seconds ?? 0), 0);
  if (seconds === 0) return [];
  return [`${built.length === images.length ? "about" : "at least"} ${roughly(seconds)}`];
}

function approvalWords({ report, approvals, owner }: Headline): string[] {
  const groups = neededOwners(missingApprovals(report, approvals)).map((group) => oneOf(group, owner));
  if (groups.length === 1) return [`needs ${groups.join()}`];
  if (groups.length > 1) return [`needs ${list(groups.map(inBrackets), " and ", "more")}`];
  return approvals !== undefined && approvals.length > 0 ? ["approved"] : [];
}

function oneOf(group: readonly string[], owner: (name: string) => string): string {
  return group.length === 0 ? "an approval that nobody can give" : list(group.map(owner), " or ", "others");
}

const inBrackets = (words: string) => (words.includes(" or ") ? `(${words})` : words);

function list(words: readonly string[], joint: string, others: string): string {
  return withRest(cut(words, MAX_OWNERS), (count) => `${count} ${others}`).join(joint);
}
