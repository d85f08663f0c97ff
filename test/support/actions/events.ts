import type { Value } from "./expressions.js";
import type { WorkflowEvent } from "./run-workflow.js";

/** The servers of a forge, and the repository with the workflows. */
export interface Place {
  readonly repository: string;
  readonly server: string;
  readonly api: string;
}

export interface Commit {
  /** The branch, without refs/heads/. */
  readonly branch: string;
  readonly sha: string;
}

export interface PullRequest {
  readonly number: number;
  readonly title: string;
  readonly base: Commit;
  readonly head: Commit & { readonly repository: string };
  /** The commit of refs/pull/N/merge. */
  readonly merge: string;
}

/* Payloads contain the fields that our workflows read, named as in GitHub's webhook events. */

export function pullRequestEvent(place: Place, pull: PullRequest): WorkflowEvent {
  const { head, base } = pull;
  const payload = {
    action: "synchronize",
    number: pull.number,
    pull_request: {
      number: pull.number,
      title: pull.title,
      head: { ref: head.branch, sha: head.sha, repo: { full_name: head.repository } },
      base: { ref: base.branch, sha: base.sha, repo: { full_name: place.repository } },
    },
  };
  return event("pull_request", place, payload, {
    ref: `refs/pull/${pull.number}/merge`,
    ref_name: `${pull.number}/merge`,
    sha: pull.merge,
    base_ref: base.branch,
    head_ref: head.branch,
  });
}

export function mergeGroupEvent(place: Place, group: { base: Commit; sha: string }): WorkflowEvent {
  const ref = `refs/heads/gh-readonly-queue/${group.base.branch}/pr-1-${group.base.sha}`;
  const payload = {
    action: "checks_requested",
    merge_group: {
      head_sha: group.sha,
      head_ref: ref,
      base_sha: group.base.sha,
      base_ref: `refs/heads/${group.base.branch}`,
    },
  };
  return event("merge_group", place, payload, { ref, sha: group.sha });
}

export function pushEvent(place: Place, { branch, sha }: Commit): WorkflowEvent {
  return event("push", place, { ref: `refs/heads/${branch}`, after: sha }, { ref: `refs/heads/${branch}`, sha });
}

export function tagEvent(place: Place, { tag, sha }: { tag: string; sha: string }): WorkflowEvent {
  const ref = `refs/tags/${tag}`;
  return event("push", place, { ref, after: sha }, { ref, ref_name: tag, ref_type: "tag", sha });
}

export function scheduleEvent(place: Place, { branch, sha }: Commit): WorkflowEvent {
  return event("schedule", place, { schedule: "17 3 * * *" }, { ref: `refs/heads/${branch}`, sha });
}

/** The end of another workflow's run. This event's workflow and code come from `defaultBranch`. */
export function workflowRunEvent(
  place: Place,
  defaultBranch: Commit,
  run: {
    id: number;
    event: string;
    name: string;
    head: PullRequest["head"];
    headRepositoryId: number;
    conclusion: string;
  },
): WorkflowEvent {
  const payload = {
    action: "completed",
    workflow_run: {
      id: run.id,
      name: run.name,
      event: run.event,
      status: "completed",
      conclusion: run.conclusion,
      head_branch: run.head.branch,
      head_sha: run.head.sha,
      head_repository: { id: run.headRepositoryId, full_name: run.head.repository },
      // Empty for a fork, so it must not be relied on.
      pull_requests: [],
    },
  };
  const { branch, sha } = defaultBranch;
  return event("workflow_run", place, payload, { ref: `refs/heads/${branch}`, sha });
}

function event(name: string, place: Place, payload: Value, github: Readonly<Record<string, string>>): WorkflowEvent {
  const { repository, server, api } = place;
  const owner = repository.split("/")[0] ?? "";
  const whole = {
    ...(payload as Record<string, Value>),
    repository: { full_name: repository, owner: { login: owner } },
  };
  return { name, payload: whole, github: { repository, server_url: server, api_url: api, actor: owner, ...github } };
}
