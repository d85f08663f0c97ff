import type { ApprovalState, GateReport } from "../../model/gate.js";
import { fit, type Limits, type Section } from "../fit.js";
import { code, link, mention } from "../markdown.js";
import { duration, plural } from "../text.js";
import { approvalSection } from "./approval.js";
import { containerfileSection, packageSection, unchangedSection } from "./details.js";
import { headline } from "./headline.js";
import { conflictSection, failureSection, problemSection } from "./problems.js";
import { imageTable } from "./table.js";

export interface GateMarkdownOptions {
  /**
   * From the base branch's roles, never from the report's own `requirements`, because their owners are mentioned. Omitted if
   * the reviews are unknown: the text then says what is required.
   */
  readonly approvals?: readonly ApprovalState[] | undefined;
  /** The address of the full report. */
  readonly reportUrl?: string | undefined;
  /** What could not be determined, for instance the members of a team. */
  readonly notes?: readonly string[] | undefined;
  /** The duration of the gate in seconds. It varies, so it must not be in texts that are compared with existing ones. */
  readonly seconds?: number | undefined;
  readonly limits?: Limits;
}

const NO_LIMITS: Limits = { characters: Number.POSITIVE_INFINITY, bytes: Number.POSITIVE_INFINITY };

/** For the summary of a step: GitHub accepts 1 MiB, and all summaries of a job must fit on a page. */
export const SUMMARY_LIMITS: Limits = { characters: 1_000_000, bytes: 1_000_000 };

const MAX_NOTE = 500;

/** What the change does and what it still needs, as Markdown, shortened to `limits`. */
export function gateMarkdown(report: GateReport, options: GateMarkdownOptions): string {
  const { approvals, limits = NO_LIMITS, reportUrl } = options;
  const sections: readonly Section[] = [
    fixed(`### ${heading(report, approvals)}`),
    ...warnings(report, options.notes ?? []).map(fixed),
    imageTable(report),
    approvalSection(report, approvals),
    conflictSection(report),
    problemSection(report),
    failureSection(report),
    packageSection(report),
    containerfileSection(report),
    unchangedSection(report),
    fixed(footer(report, options)),
  ];
  return `${fit(sections, limits, (names) => leftOut(names, reportUrl))}\n`;
}

/** Owners are mentioned only if `approvals` has them. */
function heading(report: GateReport, approvals: readonly ApprovalState[] | undefined): string {
  return headline({ report, approvals, owner: approvals ? mention : (name) => code(`@${name}`, MAX_NOTE) });
}

const fixed = (text: string): Section => ({ name: "", open: "", items: [text], close: "", shrink: "fixed" });

function warnings({ behind, base, tip }: GateReport, notes: readonly string[]): string[] {
  const moved = `⚠️ The base branch has moved on: this change lacks ${plural(behind, "commit")} of it. The plan compares with ${short(base)}, policies and roles are those of ${short(tip)}.`;
  return [...(behind > 0 ? [moved] : []), ...notes.slice(0, 10).map((note) => `⚠️ ${code(note, MAX_NOTE)}`)];
}

function leftOut(names: readonly string[], reportUrl: string | undefined): string {
  const what = names.length > 0 ? `Left out for length: ${names.join(", ")}.` : "Parts were left out for length.";
  const where = link("The full report", reportUrl);
  return `${what}${where ? ` ${where} has everything.` : ""}`;
}

function footer({ base, head, digest }: GateReport, { reportUrl, seconds }: GateMarkdownOptions): string {
  const full = link("full report", reportUrl);
  return [
    `Reproduce: ${code(`slipway plan --base ${base}`, MAX_NOTE)}`,
    ...(digest === null ? [] : [`plan digest ${code(digest, MAX_NOTE)}`]),
    `head ${short(head)}, base ${short(base)}`,
    ...(full === undefined ? [] : [full]),
    ...(seconds === undefined ? [] : [`made in ${duration(seconds)}`]),
  ].join(" · ");
}

const short = (commit: string) => code(commit.slice(0, 7));
