import { atLeast, permissionOf, teamMembers } from "./access.js";
import { readCodeOwners } from "./code-owners.js";
import type { Protection, PullRequest, Repository, State } from "./state.js";

/** Why a pull request may not be merged yet, in GitHub's words; empty if it may. */
export async function obstacles(state: State, base: Repository, pull: PullRequest): Promise<string[]> {
  const rules = base.protection.get(pull.baseBranch);
  if (rules === undefined) return [];
  return [...checkObstacles(base, pull, rules), ...(await reviewObstacles(state, base, pull, rules))];
}

/** Whether the branch's rules apply to an account: not to administrators, unless the rules say so. */
export function binds(state: State, repository: Repository, branch: string, login: string): boolean {
  const rules = repository.protection.get(branch);
  if (rules === undefined) return false;
  return rules.enforce_admins === true || permissionOf(state, repository, login) !== "admin";
}

function checkObstacles(base: Repository, { headSha }: PullRequest, rules: Protection): string[] {
  return (rules.required_status_checks ?? []).flatMap((name) => {
    const run = [...base.checkRuns.values()].findLast((one) => one.name === name && one.headSha === headSha);
    const status = base.statuses.findLast((one) => one.context === name && one.sha === headSha);
    if (run === undefined && status === undefined) return [`Required status check "${name}" is expected.`];
    const pending = (run && run.status !== "completed") || status?.state === "pending";
    if (pending) return [`Required status check "${name}" is in progress.`];
    const passed = run === undefined || ["success", "neutral", "skipped"].includes(run.conclusion ?? "");
    const succeeded = status === undefined || status.state === "success";
    return passed && succeeded ? [] : [`Required status check "${name}" is failing.`];
  });
}

async function reviewObstacles(
  state: State,
  base: Repository,
  pull: PullRequest,
  rules: Protection,
): Promise<string[]> {
  const { required_approving_review_count: count = 0, require_code_owner_reviews: byOwners = false } = rules;
  if (count === 0 && !byOwners) return [];
  const verdicts = latestVerdicts(state, base, pull);
  const approvers = [...verdicts].filter(([, verdict]) => verdict === "APPROVED").map(([login]) => login);
  const found = [...verdicts.values()].includes("CHANGES_REQUESTED") ? ["Changes have been requested."] : [];
  if (approvers.length < count) {
    const reviews = count === 1 ? "review is" : "reviews are";
    found.push(`At least ${count} approving ${reviews} required by reviewers with write access.`);
  }
  const missing = byOwners ? await ownersMissing(state, base, pull, approvers) : [];
  return [...found, ...missing.map((owners) => `Waiting on code owner review from ${owners}.`)];
}

/** The last verdict of each reviewer who may write; comments do not count. An author's own review is refused when it is sent. */
function latestVerdicts(state: State, base: Repository, { reviews }: PullRequest): Map<string, string> {
  const counting = reviews.filter(
    ({ author: { login }, state: verdict }) =>
      !["COMMENTED", "PENDING"].includes(verdict) && atLeast(permissionOf(state, base, login), "write"),
  );
  return new Map(counting.map(({ author: { login }, state: verdict }) => [login, verdict]));
}

/** The groups of owners without an approval. They are read from the base, so that no pull request names its own. */
async function ownersMissing(state: State, base: Repository, pull: PullRequest, approvers: readonly string[]) {
  const tip = `refs/heads/${pull.baseBranch}`;
  const ownersOf = await readCodeOwners(base.git, tip);
  if (ownersOf === null) return [];
  const changes = await base.git.changes(tip, pull.headSha, false);
  const missing = changes.flatMap(({ path }) => {
    const owners = ownersOf(path).filter((owner) => mayOwn(state, base, owner));
    const approved = owners.some((owner) => approvers.some((login) => stands(state, base, { owner, login })));
    return owners.length === 0 || approved ? [] : [owners.map((owner) => owner.slice(1)).join(" or ")];
  });
  return [...new Set(missing)];
}

/** GitHub ignores an owner who is unknown or may not write, and shows an error beside the line. */
function mayOwn(state: State, base: Repository, owner: string): boolean {
  const [name = "", team] = owner.slice(1).split("/");
  if (team === undefined) return atLeast(permissionOf(state, base, name), "write");
  return name === base.owner.login && atLeast(base.teams.get(team) ?? "none", "write");
}

function stands(state: State, base: Repository, { owner, login }: { owner: string; login: string }): boolean {
  const team = owner.split("/")[1];
  return team === undefined ? owner === `@${login}` : teamMembers(state, base.owner.login, team).has(login);
}
