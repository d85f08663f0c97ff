import type { Review } from "../model/gate.js";
import type { Forge } from "./client.js";
import { isRefusedByForge, statusOf } from "./ensure.js";

/** The current state of a pull request on the forge. */
export interface Pull {
  readonly number: number;
  readonly author: string;
  /** The commit that would be merged. */
  readonly head: string;
  /** The branch it would be merged into. */
  readonly baseBranch: string;
  readonly url: string;
}

/** The origin of a workflow run, as `workflow_run` states it: for forks, it lists no pull requests. */
export interface RunOrigin {
  /** `OWNER/NAME` of the repository that the head branch is in. */
  readonly repository: string;
  readonly branch: string;
  readonly commit: string;
}

/** The open pull request with a number; undefined: there is none, or it is closed. */
export async function pullByNumber({ octokit, owner, repo }: Forge, number: number): Promise<Pull | undefined> {
  try {
    const { data } = await octokit.rest.pulls.get({ owner, repo, pull_number: number });
    return data.state === "open" ? pullOf(data) : undefined;
  } catch (error) {
    if (statusOf(error) === 404) return undefined;
    throw error;
  }
}

/** Open pull requests with the repository, branch and commit of a run as their head; none if the head has moved on since. */
export async function pullsOfRun({ octokit, owner, repo }: Forge, origin: RunOrigin): Promise<Pull[]> {
  const head = `${origin.repository.split("/")[0]}:${origin.branch}`;
  const pulls = await octokit.paginate(octokit.rest.pulls.list, { owner, repo, state: "open", head, per_page: 100 });
  return pulls
    .filter((pull) => pull.head.sha === origin.commit && pull.head.ref === origin.branch)
    .filter((pull) => sameName(pull.head.repo?.full_name ?? "", origin.repository))
    .map(pullOf);
}

const sameName = (a: string, b: string) => a.toLowerCase() === b.toLowerCase();

interface PullAnswer {
  readonly number: number;
  readonly html_url: string;
  readonly user: { readonly login: string } | null;
  readonly head: { readonly sha: string };
  readonly base: { readonly ref: string };
}

const pullOf = ({ number, html_url, user, head, base }: PullAnswer): Pull => ({
  number,
  author: user?.login ?? "",
  head: head.sha,
  baseBranch: base.ref,
  url: html_url,
});

const STATES: readonly string[] = ["APPROVED", "CHANGES_REQUESTED", "COMMENTED", "DISMISSED", "PENDING"];

/** All reviews, the oldest first. */
export async function reviewsOf({ octokit, owner, repo }: Forge, pull: Pull): Promise<Review[]> {
  const where = { owner, repo, pull_number: pull.number, per_page: 100 };
  const reviews = await octokit.paginate(octokit.rest.pulls.listReviews, where);
  return reviews.flatMap(({ user, state, commit_id: commit, submitted_at: submitted }): Review[] =>
    user && STATES.includes(state)
      ? [{ user: user.login, state: state as Review["state"], commit: commit ?? "", submitted: submitted ?? "" }]
      : [],
  );
}

/**
 * Which of some people are members of a team (`organisation/slug`) or its child teams; null: the token may not know, as that of
 * GitHub Actions may not. The requests are about single people: a list of members can be long, and reviewers are few.
 */
export async function membersOf(
  { octokit }: Forge,
  team: string,
  people: readonly string[],
): Promise<ReadonlySet<string> | null> {
  const [org = "", slug = ""] = team.split("/");
  const members = new Set<string>();
  try {
    // An invisible team and a person who is not a member give the same 404, so first make sure that the team is visible.
    await octokit.rest.teams.listMembersInOrg({ org, team_slug: slug, per_page: 1 });
    for (const username of people) if (await isMember({ octokit }, { org, slug, username })) members.add(username);
  } catch (error) {
    if (isRefusedByForge(error)) return null;
    throw error;
  }
  return members;
}

async function isMember(
  { octokit }: Pick<Forge, "octokit">,
  { org, slug, username }: { org: string; slug: string; username: string },
): Promise<boolean> {
  try {
    const { data } = await octokit.rest.teams.getMembershipForUserInOrg({ org, team_slug: slug, username });
    return data.state === "active";
  } catch (error) {
    if (statusOf(error) === 404) return false;
    throw error;
  }
}
