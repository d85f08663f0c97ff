import { at } from "./invocation.js";

/** One request to the GitHub API: from the path below its address to the JSON of its answer. */
export type AskGitHub = (path: string) => Promise<unknown>;

export const REPORT_ARTIFACT = "slipway-report";

/**
 * The run whose report is to be published for a `workflow_run` event; undefined: there is none (yet).
 *
 * After a run of the pull request's workflow, it is that run. A review builds nothing, so its report is that of the newest
 * finished run with the same commit, branch and repository: two forks may have the same commit.
 */
export async function findReport(payload: unknown, repository: string, ask: AskGitHub): Promise<number | undefined> {
  const run = at(payload, "workflow_run");
  const candidates = at(run, "event") === "pull_request_review" ? await runsOf(run, repository, ask) : [at(run, "id")];
  for (const id of candidates.map(Number).sort((a, b) => b - a)) {
    if (!Number.isSafeInteger(id)) continue;
    const path = `/repos/${repository}/actions/runs/${id}/artifacts?name=${REPORT_ARTIFACT}&per_page=100`;
    const artifacts = list(await ask(path), "artifacts");
    // A run that was cancelled early has none; after about thirty days it has expired.
    if (artifacts.some((artifact) => at(artifact, "expired") !== true)) return id;
  }
  return undefined;
}

async function runsOf(reviewed: unknown, repository: string, ask: AskGitHub): Promise<unknown[]> {
  const sha = at(reviewed, "head_sha");
  if (typeof sha !== "string" || !/^[0-9a-f]{40}$/.test(sha)) return [];
  const query = `head_sha=${sha}&event=pull_request&status=completed&per_page=100`;
  const runs = list(await ask(`/repos/${repository}/actions/runs?${query}`), "workflow_runs");
  const same = runs.filter(
    (run) =>
      at(run, "head_branch") === at(reviewed, "head_branch") &&
      at(run, "head_repository", "id") === at(reviewed, "head_repository", "id"),
  );
  return same.map((run) => at(run, "id"));
}

function list(answer: unknown, key: string): unknown[] {
  const items = at(answer, key);
  return Array.isArray(items) ? items : [];
}
