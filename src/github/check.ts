import type { Forge } from "./client.js";
import { isRefusedByForge } from "./ensure.js";

export interface Check {
  readonly name: string;
  readonly conclusion: "success" | "failure" | "action_required";
  readonly title: string;
  /** Markdown, at most 65,535 characters. */
  readonly summary: string;
  readonly annotations: readonly Annotation[];
  /** A hash of all of the above: a check run with this hash is this one. */
  readonly id: string;
  /** Used if check runs are refused: at most 140 characters. */
  readonly description: string;
  readonly detailsUrl: string | undefined;
}

/** GitHub's REST API, "Create a check run", output.annotations. */
export interface Annotation {
  readonly path: string;
  readonly start_line: number;
  readonly end_line: number;
  readonly annotation_level: "notice" | "warning" | "failure";
  readonly message: string;
  readonly title: string;
}

/** The most that one request may have; further requests add to them. */
const ANNOTATIONS = 50;

/**
 * Ensures that a commit has this check: a check run with its annotations or, if the token is not an app's, a commit status. Looks
 * first and continues where an earlier attempt ended, so it may be repeated.
 */
export async function ensureCheck(forge: Forge, commit: string, check: Check): Promise<"check" | "status"> {
  try {
    await ensureCheckRun(forge, commit, check);
    return "check";
  } catch (error) {
    // Only apps may write check runs.
    if (!isRefusedByForge(error)) throw error;
    await ensureStatus(forge, commit, check);
    return "status";
  }
}

async function ensureCheckRun({ octokit, owner, repo }: Forge, commit: string, check: Check): Promise<void> {
  const where = { owner, repo, ref: commit, check_name: check.name, per_page: 100 };
  const runs = await octokit.paginate(octokit.rest.checks.listForRef, where);
  // GitHub shows the newest one on the pull request's page: an older one with the same content does not help.
  const newest = runs.reduce<(typeof runs)[number] | undefined>(
    (best, run) => (best && best.id > run.id ? best : run),
    undefined,
  );
  const known = newest?.external_id === check.id ? newest : undefined;
  let written = known?.output.annotations_count ?? 0;
  if (known?.status === "completed") return;
  const output = { title: check.title, summary: check.summary };
  const next = () => {
    const annotations = check.annotations.slice(written, written + ANNOTATIONS);
    written += annotations.length;
    const done = written >= check.annotations.length;
    return {
      output: { ...output, annotations: [...annotations] },
      ...(done ? { status: "completed" as const, conclusion: check.conclusion } : { status: "in_progress" as const }),
    };
  };
  let id = known?.id;
  if (id === undefined) {
    const details = check.detailsUrl === undefined ? {} : { details_url: check.detailsUrl };
    const first = { owner, repo, name: check.name, head_sha: commit, external_id: check.id, ...details, ...next() };
    id = (await octokit.rest.checks.create(first)).data.id;
    if (first.status === "completed") return;
  }
  for (let done = false; !done; ) {
    const part = next();
    await octokit.rest.checks.update({ owner, repo, check_run_id: id, ...part });
    done = part.status === "completed";
  }
}

const STATES = { success: "success", failure: "failure", action_required: "pending" } as const;

async function ensureStatus({ octokit, owner, repo }: Forge, commit: string, check: Check): Promise<void> {
  const { name: context, description, detailsUrl, conclusion } = check;
  const state = STATES[conclusion];
  const { data } = await octokit.rest.repos.listCommitStatusesForRef({ owner, repo, ref: commit, per_page: 100 });
  const latest = data.find((status) => status.context === context);
  if (latest?.state === state && latest.description === description) return;
  const url = detailsUrl === undefined ? {} : { target_url: detailsUrl };
  await octokit.rest.repos.createCommitStatus({ owner, repo, sha: commit, context, state, description, ...url });
}
