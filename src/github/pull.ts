import type { Review } from "../model/gate.js";
import type { Forge } from "./client.js";
import { isRefused, statusOf } from "./ensure.js";

/** A pull request as the forge has it now. */
export interface Pull {
  readonly number: number;
  readonly author: string;
  /** The commit that would be merged. */
  readonly head: string;
  /** The branch it would be merged into. */
  readonly baseBranch: string;
  readonly url: string;
}

/** Where a workflow ran: what `workflow_run` says of a run, which lists no pull requests for forks. */
export interface RunOrigin {
  /** `OWNER/NAME` of the repository that the head branch is in. */
  readonly repository: string;
  readonly branch: string;
  readonly commit: string;
}

/** The open pull request of a number; undefined: there is none, or it is closed. */
export async function pullByNumber({ octokit, owner, repo }: Forge, number: number): Promise<Pull | undefined> {
  try {
    const { data } = await octokit.rest.pulls.get({ owner, repo, pull_number: number });
    return data.state === "open" ? pullOf(data) : undefined;
  } catch (error) {
    if (statusOf(error) === 404) return undefined;
    throw error;
  }
}

/** Open pull requests whose head is just what a run was for: repository, branch and commit. None when it moved on since. */
export async function pullsOfRun({ octokit, owner, repo }: Forge, origin: RunOrigin): Promise<Pull[]> {
  const head = `${origin.repository.split("/")[0]}:${origin.branch}`;
  const found = await octokit.paginate(octokit.rest.pulls.list, { owner, repo, state: "open", head, per_page: 100 });
  return found
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
  const found = await octokit.paginate(octokit.rest.pulls.listReviews, where);
  return found.flatMap(({ user, state, commit_id: commit, submitted_at: submitted }): Review[] =>
    user && STATES.includes(state)
      ? [{ user: user.login, state: state as Review["state"], commit: commit ?? "", submitted: submitted ?? "" }]
      : [],
  );
}

/**
 * Which of some people are members of a team (`organisation/slug`), child teams included; null: the token may not know, as
 * GitHub Actions' own may not. Teams are asked for people and not for lists: a list can be long, reviewers are few.
 */
export async function membersOf(
  { octokit }: Forge,
  team: string,
  people: readonly string[],
): Promise<ReadonlySet<string> | null> {
  const [org = "", slug = ""] = team.split("/");
  const members = new Set<string>();
  try {
    // A team that cannot be seen and a person who is no member give the same 404: only one who can see it may go on.
    await octokit.rest.teams.listMembersInOrg({ org, team_slug: slug, per_page: 1 });
    for (const username of people) if (await isMember({ octokit }, { org, slug, username })) members.add(username);
  } catch (error) {
    if (isRefused(error)) return null;
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
