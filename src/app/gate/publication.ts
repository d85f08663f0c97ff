import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import type { Context } from "../../context.js";
import { CommandError, EXIT } from "../../exit.js";
import { Remote } from "../../github/branch.js";
import { type Check, ensureCheck } from "../../github/check.js";
import { ensureComment, type StickyComment } from "../../github/comment.js";
import { ensure, ForgeError } from "../../github/ensure.js";
import { ensureLabel } from "../../github/label.js";
import { membersOf, type Pull, pullByNumber, pullsOfRun, reviewsOf } from "../../github/pull.js";
import { readReport } from "../../load/kinds/report.js";
import type { ApprovalState, GateReport, Publication } from "../../model/gate.js";
import { reviewApprovals } from "../../policy/review-approvals.js";
import { annotations, checkRun, statusDescription } from "../../report/gate/check.js";
import { findMarker, gateComment } from "../../report/gate/comment.js";
import { isNothing } from "../../report/gate/facts.js";
import { gateMarkdown, SUMMARY_LIMITS } from "../../report/gate/markdown.js";
import { SIZE_LABELS, sizeLabel } from "../../report/size-label.js";
import { gateChange } from "./change.js";
import { type ForgeAccess, forgeAccess, membersForge, runOrigin } from "./forge.js";
import type { Judgement } from "./judgement.js";
import { gateReport } from "./report.js";
import { appendSummary } from "./step-summary.js";

export interface PublishOptions {
  /** The report's file. */
  readonly publish: string;
  /** The number of the pull request; omitted: the one of the workflow run's event. */
  readonly pull?: number;
}

/**
 * Publishes a report on its pull request: comment, check, label, job summary. The report comes from a job that ran the pull
 * request's own code and may say anything, so only what cannot be had otherwise is taken from it: the results of the builds. The
 * plan, problems and required approvals are computed again from Git, which is read as data. Each step may be repeated.
 */
export async function publishGate(
  context: Context,
  options: PublishOptions,
  access: ForgeAccess = forgeAccess(context),
): Promise<Publication[]> {
  const report = await loadReport(options.publish);
  const pulls = await findPulls(context, options, access);
  const publications: Publication[] = [];
  for (const pull of pulls) {
    if (pull.head !== report.head) {
      publications.push({ pull: pull.number, done: ["the report is for an older commit: left alone"], failures: [] });
    } else publications.push(await publishOn(context, pull, report, access));
  }
  return publications;
}

/** The reports that `slipway gate` writes are far smaller. */
const MAX_REPORT_BYTES = 20_000_000;

async function loadReport(file: string): Promise<GateReport> {
  const bytes = await readFile(file).catch(() => {
    throw new CommandError(EXIT.usage, `cannot read ${file}`, "to make a report: slipway gate --base REF --out DIR");
  });
  if (bytes.length > MAX_REPORT_BYTES)
    throw new CommandError(EXIT.rejected, `${file} has ${bytes.length} bytes: it is not a report`);
  const result = readReport(bytes.toString("utf8"));
  if ("problem" in result) throw new CommandError(EXIT.rejected, `${file} is not a report: ${result.problem}`);
  return result.report;
}

async function findPulls(context: Context, { pull }: PublishOptions, { forge, deps }: ForgeAccess): Promise<Pull[]> {
  if (pull !== undefined) {
    const open = await ensure(`read pull request ${pull}`, () => pullByNumber(forge, pull), deps);
    return open ? [open] : [];
  }
  const origin = await runOrigin(context);
  if (origin === undefined) {
    throw new CommandError(
      EXIT.usage,
      "there is no pull request to publish on",
      "name it with --pull N, or run in a workflow_run workflow",
    );
  }
  return ensure("find the pull request", () => pullsOfRun(forge, origin), deps);
}

async function publishOn(context: Context, pull: Pull, hostile: GateReport, access: ForgeAccess): Promise<Publication> {
  const commits = { base: await fetchPull(context, pull, access), head: pull.head };
  const builds = new Map(hostile.images.flatMap(({ image, build }) => (build ? [[image, build] as const] : [])));
  const change = await gateChange(context, commits);
  const report = gateReport(change, builds);
  const { approvals, notes } = await approvalsOf(context, pull, change.judgement, access);
  if (report.digest !== null && report.digest !== hostile.digest) {
    notes.push("the builds were made for another plan than this one");
  }
  const content = { approvals, notes, reportUrl: access.runUrl };
  const publication = await publishContent(access, pull, report, content);
  await appendSummary(context, gateMarkdown(report, { ...content, limits: SUMMARY_LIMITS }));
  return publication;
}

/** Fetches the commits of a pull request as data; returns the newest commit of the branch that it is for. */
async function fetchPull({ catalogue: directory }: Context, { head, baseBranch }: Pull, access: ForgeAccess) {
  const { git, remote: url, deps } = access;
  const remote = new Remote({ ...git, directory, url });
  const branches = await ensure("list the branches", () => remote.heads(`refs/heads/${baseBranch}`), deps);
  const tip = branches.get(baseBranch);
  if (tip === undefined) throw new ForgeError(`the branch ${baseBranch} is not there`, 404);
  await ensure("fetch the pull request", () => remote.fetch([tip, head]), deps);
  return tip;
}

interface Content {
  /** undefined: the base branch has no roles. */
  readonly approvals: readonly ApprovalState[] | undefined;
  readonly notes: readonly string[];
  readonly reportUrl: string | undefined;
}

/** Takes each step by itself: one that is refused does not stop the others. */
async function publishContent(
  { forge, deps }: ForgeAccess,
  { number, head }: Pull,
  report: GateReport,
  content: Content,
): Promise<Publication> {
  const steps: [string, () => Promise<string>][] = [
    ["write the comment", async () => `comment ${await ensureComment(forge, number, commentOf(report, content))}`],
    [
      "write the check",
      async () => {
        const check = checkOf(report, content);
        return `${await ensureCheck(forge, head, check)} ${check.conclusion}`;
      },
    ],
    [
      "set the label",
      async () => {
        const label = SIZE_LABELS.find(({ name }) => name === sizeLabel(report)) as (typeof SIZE_LABELS)[number];
        const { name, color, description } = label;
        await ensureLabel(forge, number, { name, color, description }, "rebuild: ");
        return `label ${name}`;
      },
    ],
  ];
  const [done, failures]: [string[], string[]] = [[], []];
  for (const [what, step] of steps) {
    try {
      done.push(await ensure(what, step, deps));
    } catch (error) {
      if (!(error instanceof ForgeError)) throw error;
      failures.push(error.message);
    }
  }
  return { pull: number, done, failures };
}

function commentOf(report: GateReport, content: Content): StickyComment {
  const body = gateComment(report, content);
  const { hash } = findMarker(body) ?? {};
  return {
    body,
    isOurs: (text) => findMarker(text) !== undefined,
    isCurrent: (text) => findMarker(text)?.hash === hash,
    create: !isNothing(report, content.approvals),
  };
}

function checkOf(report: GateReport, content: Content): Check {
  const run = { ...checkRun(report, content), annotations: annotations(report) };
  // A later run with the same result has the same check: only the address of the run is new, so the id leaves it out.
  const identity = { ...run, summary: checkRun(report, { ...content, reportUrl: undefined }).summary };
  const id = createHash("sha256").update(JSON.stringify(identity)).digest("hex").slice(0, 20);
  const description = statusDescription(report, content.approvals);
  return { name: "slipway / gate", ...run, id, description, detailsUrl: content.reportUrl };
}

/** The state of each required approval, as far as the token may read it. */
async function approvalsOf(
  context: Context,
  pull: Pull,
  { requiredApprovals, roles }: Judgement,
  access: ForgeAccess,
): Promise<{ approvals: readonly ApprovalState[] | undefined; notes: string[] }> {
  if (requiredApprovals === null) return { approvals: undefined, notes: [] };
  if (requiredApprovals.length === 0) return { approvals: [], notes: [] };
  const { forge, deps } = access;
  const reviews = await ensure("read the reviews", () => reviewsOf(forge, pull), deps);
  const people = [...new Set(reviews.map(({ user }) => user))];
  const teamsForge = membersForge(context, access);
  const members = new Map<string, ReadonlySet<string> | null>();
  const functionDevelopers = roles?.roles.get("function-developer");
  const teams = [...requiredApprovals, ...(functionDevelopers ? [functionDevelopers] : [])].flatMap(
    (owners) => owners.teams,
  );
  for (const team of people.length === 0 ? [] : new Set(teams)) {
    members.set(team, await ensure(`read who is in ${team}`, () => membersOf(teamsForge, team, people), deps));
  }
  const unreadable = [...members].filter(([, logins]) => logins === null).map(([team]) => team);
  const notes = unreadable.map(
    (team) => `this token cannot read who is in @${team}: approvals of its members are not counted here`,
  );
  const { author, head } = pull;
  return {
    approvals: reviewApprovals({ required: requiredApprovals, reviews, author, head, members, functionDevelopers }),
    notes,
  };
}
