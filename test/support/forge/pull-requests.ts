import { ApiError } from "./api-error.js";
import { binds, obstacles } from "./branch-protection.js";
import type { Account, PullRequest, Repository, State } from "./state.js";

/** The commit of each branch before and after; one is missing if the branch was created or deleted. */
export interface Moves {
  readonly before: ReadonlyMap<string, string>;
  readonly after: ReadonlyMap<string, string>;
}

/** Updates pull requests after branches of a repository moved, whoever moved them. */
export async function afterMoves(state: State, moved: Repository, { before, after }: Moves): Promise<void> {
  const changed = (branch: string) => before.get(branch) !== after.get(branch);
  for (const base of state.repositories.values()) {
    for (const pull of base.pulls.values()) {
      if (pull.state === "closed") continue;
      const isHead = pull.headRepository === moved && changed(pull.headBranch);
      const isBase = base === moved && changed(pull.baseBranch);
      const gone = (isHead && !after.has(pull.headBranch)) || (isBase && !after.has(pull.baseBranch));
      if (gone) close(state, pull);
      else if (isHead || isBase) await updatePull(state, base, { pull, pushed: isHead });
    }
  }
}

/** Opens a pull request for a head that exists. */
export async function openPull(
  state: State,
  base: Repository,
  given: Pick<PullRequest, "author" | "headRepository" | "headBranch" | "baseBranch" | "title" | "body">,
): Promise<PullRequest> {
  const now = state.now();
  const pull: PullRequest = {
    ...given,
    id: state.id(),
    number: base.pulls.size + 1,
    headSha: "",
    baseSha: "",
    state: "open",
    mergeable: false,
    mergeSha: null,
    mergedBy: null,
    mergedAt: null,
    closedAt: null,
    createdAt: now,
    updatedAt: now,
    labels: new Set(),
    reviews: [],
  };
  base.pulls.set(pull.number, pull);
  await updatePull(state, base, { pull, pushed: true });
  return pull;
}

/** GitHub has one object store for a repository and its forks; here a fork's commits have to be fetched. */
export async function bring(base: Repository, from: Repository, branch: string): Promise<void> {
  if (from !== base) await base.git.run(["fetch", "--quiet", from.git.directory, `refs/heads/${branch}`]);
}

/** Brings a pull request and its refs up to date; a push to its head dismisses approvals if the branch says so. */
async function updatePull(
  state: State,
  base: Repository,
  { pull, pushed }: { pull: PullRequest; pushed: boolean },
): Promise<void> {
  const ref = `refs/pull/${pull.number}`;
  const tip = await tipOf(base, pull.baseBranch);
  if (pushed) {
    const { headRepository, headBranch } = pull;
    await bring(base, headRepository, headBranch);
    pull.headSha = await tipOf(headRepository, headBranch);
    await base.git.run(["update-ref", `${ref}/head`, pull.headSha]);
    pull.baseSha = tip;
    pull.updatedAt = state.now();
    dismissStale(base, pull);
  }
  // Pushing the head to the base branch merges the pull request.
  if (await base.git.contains(tip, pull.headSha)) return markMerged(state, pull, { by: null, commit: pull.headSha });
  pull.mergeSha = await base.git.merge(tip, pull.headSha, `Merge ${pull.headSha} into ${tip}`);
  pull.mergeable = pull.mergeSha !== null;
  await base.git.run(
    pull.mergeSha ? ["update-ref", `${ref}/merge`, pull.mergeSha] : ["update-ref", "-d", `${ref}/merge`],
  );
}

/** With a new base the same commits are a different change from the one that was approved. */
export async function changeBase(
  state: State,
  base: Repository,
  { pull, to }: { pull: PullRequest; to: string },
): Promise<void> {
  pull.baseBranch = to;
  pull.baseSha = await tipOf(base, to);
  dismissStale(base, pull);
  await updatePull(state, base, { pull, pushed: false });
}

export async function reopen(state: State, base: Repository, pull: PullRequest): Promise<void> {
  pull.state = "open";
  pull.closedAt = null;
  await updatePull(state, base, { pull, pushed: true });
}

export function close(state: State, pull: PullRequest): void {
  pull.state = "closed";
  pull.closedAt = state.now();
  pull.updatedAt = pull.closedAt;
}

export interface MergeRequest {
  readonly pull: PullRequest;
  readonly by: Account;
  readonly method: "merge" | "squash";
}

/** Really merges and returns the new commit of the base branch, or says why not, as GitHub does. */
export async function mergePull(state: State, base: Repository, { pull, by, method }: MergeRequest): Promise<string> {
  if (pull.state === "closed" || !pull.mergeable) throw new ApiError(405, "Pull Request is not mergeable");
  const found = await obstacles(state, base, pull);
  if (found.length > 0 && binds(state, base, pull.baseBranch, by.login)) throw new ApiError(405, found.join(" "));
  const before = await base.git.branches();
  const tip = await tipOf(base, pull.baseBranch);
  const from = `${pull.headRepository.owner.login}/${pull.headBranch}`;
  const message =
    method === "squash"
      ? `${pull.title} (#${pull.number})`
      : `Merge pull request #${pull.number} from ${from}\n\n${pull.title}`;
  const commit = await base.git.merge(tip, pull.headSha, message, method === "squash" ? [tip] : [tip, pull.headSha]);
  if (commit === null) throw new ApiError(405, "Pull Request is not mergeable");
  await base.git.run(["update-ref", `refs/heads/${pull.baseBranch}`, commit, tip]);
  markMerged(state, pull, { by, commit });
  await afterMoves(state, base, { before, after: await base.git.branches() });
  return commit;
}

function markMerged(state: State, pull: PullRequest, { by, commit }: { by: Account | null; commit: string }): void {
  close(state, pull);
  pull.mergedAt = pull.closedAt;
  pull.mergedBy = by;
  pull.mergeSha = commit;
}

function dismissStale(base: Repository, pull: PullRequest): void {
  if (base.protection.get(pull.baseBranch)?.dismiss_stale_reviews !== true) return;
  for (const review of pull.reviews) if (review.state === "APPROVED") review.state = "DISMISSED";
}

async function tipOf(base: Repository, branch: string): Promise<string> {
  const tip = await base.git.commit(`refs/heads/${branch}`);
  if (tip === null) throw new Error(`${base.fullName} has no branch ${branch}`);
  return tip;
}
