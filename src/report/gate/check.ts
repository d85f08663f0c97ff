import type { ApprovalState, GateReport } from "../../model/gate.js";
import { shorten } from "../markdown.js";
import { printable } from "../printable.js";
import { isFailure } from "./facts.js";
import { headline } from "./headline.js";
import { type GateMarkdownOptions, gateMarkdown } from "./markdown.js";

const MAX_TITLE = 255;
const MAX_DESCRIPTION = 140;
/** GitHub accepts 65,535; the difference allows for its other way of counting. */
const SUMMARY_LIMITS = { characters: 60_000, bytes: 65_000 };
/** GitHub accepts 64 KB; no message is that long, and one request has 50 of them. */
const MAX_MESSAGE = 4000;

/** The part of a check run that the gate determines, in the terms of GitHub's API. */
export interface CheckRun {
  readonly conclusion: "success" | "failure" | "action_required";
  /** Plain text. */
  readonly title: string;
  /** Markdown. */
  readonly summary: string;
}

/** An annotation of a check run, in the terms of GitHub's API: plain text, at most 50 per request. */
export interface CheckAnnotation {
  readonly path: string;
  readonly start_line: number;
  readonly end_line: number;
  readonly annotation_level: "failure" | "warning";
  readonly message: string;
  readonly title: string;
}

/** `approvals` undefined: the base branch has no roles, so none is needed. */
export function checkRun(report: GateReport, options: Omit<GateMarkdownOptions, "limits">): CheckRun {
  const { approvals } = options;
  return {
    conclusion: conclusion(report, approvals),
    title: shorten(plainHeadline(report, approvals), MAX_TITLE),
    summary: gateMarkdown(report, { ...options, limits: SUMMARY_LIMITS }),
  };
}

function conclusion(report: GateReport, approvals: readonly ApprovalState[] | undefined): CheckRun["conclusion"] {
  if (isFailure(report)) return "failure";
  return (approvals ?? []).some(({ by }) => by === null) ? "action_required" : "success";
}

/** The description of a commit status, for tokens that cannot write check runs. */
export function statusDescription(report: GateReport, approvals: readonly ApprovalState[] | undefined): string {
  return shorten(plainHeadline(report, approvals), MAX_DESCRIPTION);
}

export function plainHeadline(report: GateReport, approvals: readonly ApprovalState[] | undefined): string {
  return headline({ report, approvals, owner: (name) => printable(`@${name}`) });
}

/** An annotation on the line of each problem. */
export function annotations({ diagnostics }: GateReport): CheckAnnotation[] {
  return diagnostics.map(({ file, line, severity, message, hint, code }) => ({
    path: file,
    start_line: line,
    end_line: line,
    annotation_level: severity === "error" ? "failure" : "warning",
    message: [message, ...(hint === null ? [] : [`hint: ${hint}`])].map(shown).join("\n"),
    title: shorten(printable(code), MAX_TITLE),
  }));
}

const shown = (text: string) => shorten(printable(text), MAX_MESSAGE);
