import type { components } from "@octokit/openapi-types";
import type { ChangedFile } from "./bare-repository.js";
import type {
  Account,
  Annotation,
  CheckRun,
  Comment,
  Label,
  PullRequest,
  Repository,
  Review,
  Status,
} from "./state.js";

export type Schemas = components["schemas"];

/**
 * A part of one of GitHub's answers, for `satisfies`: a name or type that is not in GitHub's own description does not
 * compile.
 */
export type PartOf<T> = T extends readonly (infer Item)[]
  ? readonly PartOf<Item>[]
  : T extends object
    ? { readonly [K in keyof T]?: PartOf<T[K]> }
    : T;

export function user({ login, id, kind }: Account) {
  return { login, id, node_id: `U_${id}`, type: kind, site_admin: false } satisfies PartOf<Schemas["simple-user"]>;
}

export function repository(it: Repository) {
  return {
    id: it.id,
    node_id: `R_${it.id}`,
    name: it.name,
    full_name: it.fullName,
    owner: user(it.owner),
    private: !it.public,
    visibility: it.public ? ("public" as const) : ("private" as const),
    fork: it.parent !== null,
    default_branch: it.defaultBranch,
  } satisfies PartOf<Schemas["repository"]> & PartOf<Schemas["full-repository"]>;
}

export function label({ id, name, color, description }: Label) {
  return { id, node_id: `LA_${id}`, name, color, description, default: false } satisfies PartOf<Schemas["label"]>;
}

export function pull(it: PullRequest, base: Repository) {
  const labels = [...it.labels].flatMap((key) => base.labels.get(key) ?? []).map(label);
  const side = (repo: Repository, ref: string, sha: string) => ({
    label: `${repo.owner.login}:${ref}`,
    ref,
    sha,
    repo: repository(repo),
    user: user(repo.owner),
  });
  return {
    id: it.id,
    node_id: `PR_${it.id}`,
    number: it.number,
    state: it.state,
    locked: false,
    draft: false,
    title: it.title,
    body: it.body,
    user: user(it.author),
    labels,
    head: side(it.headRepository, it.headBranch, it.headSha),
    base: side(base, it.baseBranch, it.baseSha),
    merge_commit_sha: it.mergeSha,
    created_at: it.createdAt,
    updated_at: it.updatedAt,
    closed_at: it.closedAt,
    merged_at: it.mergedAt,
  } satisfies PartOf<Schemas["pull-request"]> & PartOf<Omit<Schemas["pull-request-simple"], "labels">>;
}

/** Members that are missing in a list of pull requests. */
export function wholePull(
  it: PullRequest,
  base: Repository,
  { blocked, files }: { blocked: boolean; files: readonly ChangedFile[] },
) {
  const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0);
  return {
    ...pull(it, base),
    merged: it.mergedAt !== null,
    mergeable: it.mergeable,
    mergeable_state: it.mergeable ? (blocked ? "blocked" : "clean") : "dirty",
    merged_by: it.mergedBy && user(it.mergedBy),
    maintainer_can_modify: false,
    comments: [...base.comments.values()].filter(({ issue }) => issue === it.number).length,
    changed_files: files.length,
    additions: sum(files.map(({ additions }) => additions)),
    deletions: sum(files.map(({ deletions }) => deletions)),
  } satisfies PartOf<Schemas["pull-request"]>;
}

export function changedFile({ path, from, status, additions, deletions }: ChangedFile) {
  const changes = additions + deletions;
  return {
    filename: path,
    status,
    additions,
    deletions,
    changes,
    ...(from && { previous_filename: from }),
  } satisfies PartOf<Schemas["diff-entry"]>;
}

export function review(it: Review) {
  return {
    id: it.id,
    node_id: `PRR_${it.id}`,
    user: user(it.author),
    body: it.body,
    state: it.state,
    commit_id: it.commit,
    ...(it.state !== "PENDING" && { submitted_at: it.submittedAt }),
  } satisfies PartOf<Schemas["pull-request-review"]>;
}

export function comment(it: Comment) {
  return {
    id: it.id,
    node_id: `IC_${it.id}`,
    body: it.body,
    user: user(it.author),
    created_at: it.createdAt,
    updated_at: it.updatedAt,
  } satisfies PartOf<Schemas["issue-comment"]>;
}

export function checkRun(it: CheckRun) {
  const { title, summary, text } = it;
  return {
    id: it.id,
    node_id: `CR_${it.id}`,
    head_sha: it.headSha,
    name: it.name,
    status: it.status,
    conclusion: it.conclusion,
    details_url: it.detailsUrl,
    external_id: it.externalId,
    started_at: it.startedAt,
    completed_at: it.completedAt,
    output: { title, summary, text, annotations_count: it.annotations.length },
    // The login of an App's account is its slug and `[bot]`.
    app: { slug: it.app.login.replace(/\[bot\]$/, ""), id: it.app.id },
    pull_requests: [],
  } satisfies PartOf<Schemas["check-run"]>;
}

export function annotation(it: Annotation) {
  return it satisfies PartOf<Schemas["check-annotation"]>;
}

export function status(it: Status) {
  return {
    id: it.id,
    node_id: `SC_${it.id}`,
    state: it.state,
    context: it.context,
    description: it.description,
    target_url: it.targetUrl,
    created_at: it.createdAt,
    updated_at: it.createdAt,
    creator: user(it.creator),
  } satisfies PartOf<Schemas["status"]>;
}

export function ref(name: string, sha: string) {
  return { ref: name, node_id: `REF_${name}`, object: { type: "commit", sha } } satisfies PartOf<Schemas["git-ref"]>;
}
