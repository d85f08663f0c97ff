import type { PartOf, Schemas } from "./answers.js";
import * as answers from "./answers.js";
import type { Conclusion, PullRequest, Repository, State } from "./state.js";

/** The origin and the outcome of a workflow run. */
export interface WorkflowRun {
  /** `owner/name` */
  readonly headRepo: string;
  readonly headBranch: string;
  readonly headSha: string;
  readonly id?: number;
  readonly name?: string;
  readonly event?: string;
  readonly conclusion?: Conclusion;
}

export type PullRequestAction = "opened" | "synchronize" | "reopened" | "edited" | "closed";
// Their payloads differ in a few fields that are omitted here.
type PullRequestEvent = Omit<Schemas["webhook-pull-request-opened"], "action">;
type WorkflowRunEvent = Schemas["webhook-workflow-run-completed"];
type PushEvent = Schemas["webhook-push"];

/** The payload of `pull_request`, as Actions writes it to the file named by GITHUB_EVENT_PATH. */
export function pullRequestEvent(base: Repository, pull: PullRequest, action: PullRequestAction) {
  return {
    action,
    number: pull.number,
    pull_request: answers.pull(pull, base),
    repository: answers.repository(base),
    sender: answers.user(pull.author),
  } satisfies PartOf<PullRequestEvent> & { action: PullRequestAction };
}

/** The payload of `workflow_run`. As on GitHub, it does not name the pull request if the run is of a fork. */
export function workflowRunEvent(
  state: State,
  base: Repository,
  { head, run }: { head: Repository; run: WorkflowRun },
) {
  const id = run.id ?? state.id();
  const pulls = head === base ? [...base.pulls.values()].filter((pull) => opened(pull, run)) : [];
  const side = (repository: Repository, ref: string, sha: string) => ({
    ref,
    sha,
    repo: { id: repository.id, name: repository.name, url: `${repository.fullName}` },
  });
  return {
    action: "completed" as const,
    workflow_run: {
      id,
      name: run.name ?? "images",
      event: run.event ?? "pull_request",
      status: "completed" as const,
      conclusion: run.conclusion ?? ("success" as const),
      head_branch: run.headBranch,
      head_sha: run.headSha,
      run_attempt: 1,
      head_repository: answers.repository(head),
      repository: answers.repository(base),
      pull_requests: pulls.map((pull) => ({
        id: pull.id,
        number: pull.number,
        head: side(head, pull.headBranch, pull.headSha),
        base: side(base, pull.baseBranch, pull.baseSha),
      })),
    },
    repository: answers.repository(base),
    sender: answers.user(head.owner),
  } satisfies PartOf<WorkflowRunEvent>;
}

/** The payload of `push`. */
export function pushEvent(repository: Repository, push: { branch: string; before: string; after: string }) {
  const { branch, before, after } = push;
  return {
    ref: `refs/heads/${branch}`,
    before,
    after,
    created: /^0+$/.test(before),
    deleted: /^0+$/.test(after),
    repository: answers.repository(repository),
    sender: answers.user(repository.owner),
  } satisfies PartOf<PushEvent>;
}

function opened(pull: PullRequest, { headBranch, headSha }: WorkflowRun): boolean {
  return pull.state === "open" && pull.headBranch === headBranch && pull.headSha === headSha;
}
