import { andMore, cut, withRest } from "../../model/cut.js";
import type { ApprovalState, GateReport } from "../../model/gate.js";
import { diagnosticsText } from "../diagnostics.js";
import { type Palette, PLAIN } from "../palette.js";
import { actionText } from "../plan-text.js";
import { printable } from "../printable.js";
import { plural, table } from "../text.js";
import { plainHeadline } from "./check.js";
import { failures, isFailure, missingApprovals, ownerNames } from "./facts.js";
import { imageTitle } from "./table.js";
import { type TreeRow, treeRows } from "./tree.js";
import { buildWords, foldPaths, KIND_WORDS, packageCounts, reasonWords, sizeWords } from "./words.js";

const MAX_INDENT = 6;
const MAX_CONFLICTS = 20;

/** The report for a terminal: the first line is the verdict, the last ones say what to do. */
export function gateText(report: GateReport, approvals?: readonly ApprovalState[], palette: Palette = PLAIN): string {
  const verdict = isFailure(report) ? palette.failure : palette.strong;
  const blocks = [
    verdict(plainHeadline(report, approvals)),
    table(treeRows(report.images).map((each) => row(each, palette))),
    problemText(report, palette),
    conflictText(report),
    failures(report)
      .map((image) => failureText(image, palette))
      .join("\n\n"),
    approvalText(report, approvals),
    nextText(report, approvals),
  ];
  return `${blocks.filter((block) => block !== "").join("\n\n")}\n`;
}

function row(row: TreeRow, palette: Palette): string[] {
  const { image, depth } = row;
  const { shown, rest } = reasonWords(row);
  const branch = depth === 0 ? "" : `${"  ".repeat(Math.min(depth, MAX_INDENT) - 1)}└ `;
  const why = withRest({ shown: shown.map((text) => printable(text)), rest }).join("; ");
  return [
    actionText(image.action, palette),
    branch + palette.image(printable(imageTitle(image))),
    packageCounts(image.packages),
    sizeWords(image.build),
    buildStyle(image, palette)(buildWords(image)),
    why,
  ];
}

function buildStyle({ build }: GateReport["images"][number], palette: Palette): (text: string) => string {
  if (build === null) return palette.faint;
  if (build.outcome === "failed") return palette.failure;
  return build.outcome === "skipped" ? palette.warning : palette.success;
}

function problemText({ diagnostics }: GateReport, palette: Palette): string {
  return diagnosticsText(
    diagnostics.map(({ hint, code, ...rest }) => ({
      ...rest,
      code: printable(code),
      ...(hint === null ? {} : { hint }),
    })),
    palette,
  );
}

function conflictText({ conflicts }: GateReport): string {
  if (conflicts.length === 0) return "";
  const lines = conflicts.map((path) => `  - ${printable(path)}`);
  const some = withRest(cut(lines, MAX_CONFLICTS), (count) => `  - … ${andMore(count)}`);
  return ["In conflict with the base branch:", ...some].join("\n");
}

function failureText({ image, build }: GateReport["images"][number], palette: Palette): string {
  const tail = (build?.error?.tail ?? []).map((line) => `  | ${printable(line, "\t")}`);
  return [
    `${palette.failure(`❌ ${printable(image)} failed:`)} ${printable(build?.error?.message ?? "")}`,
    ...tail,
  ].join("\n");
}

function approvalText(report: GateReport, approvals: readonly ApprovalState[] | undefined): string {
  const states = approvals ?? (report.requirements ?? []).map((required) => ({ required, by: null, ignored: [] }));
  if (states.length === 0) return "";
  const lines = states.flatMap(({ required, by, ignored }) => {
    const { shown, rest } = foldPaths(required);
    const paths = withRest({ shown: shown.map((path) => printable(path)), rest }).join(", ");
    const owners = ownerNames(required).map((owner) => printable(`@${owner}`));
    const who = by === null ? owners.join(" or ") || "nobody can approve this" : `approved by ${printable(by)}`;
    const why = ignored.map(({ user, why }) => `    does not count: ${printable(user)}, ${printable(why)}`);
    return [`  ${KIND_WORDS[required.kind]}: ${who} (${paths})`, ...why];
  });
  return ["Approvals:", ...lines].join("\n");
}

function nextText(report: GateReport, approvals: readonly ApprovalState[] | undefined): string {
  const { behind, base, digest } = report;
  const plan = digest === null ? "" : ` · plan ${printable(digest.slice(0, 12))}`;
  const needed = missingApprovals(report, approvals).length;
  const next = isFailure(report)
    ? "Next: fix what the first line names, and push again."
    : needed > 0
      ? `Next: ${plural(needed, "approval")} ${needed === 1 ? "is" : "are"} needed.`
      : "Next: nothing; this can be merged.";
  return [
    ...(behind > 0 ? [`The base branch has moved on by ${plural(behind, "commit")}.`] : []),
    next,
    `Reproduce: slipway plan --base ${printable(base)}${plan}`,
  ].join("\n");
}
