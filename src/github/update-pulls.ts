import { readUpdateMarker, withUpdateMarker } from "../model/update-marker.js";
import type { Forge } from "./client.js";
import { ensureComment } from "./comment.js";
import { statusOf } from "./ensure.js";

/** The prefix of Slipway's own branches; the group follows. */
export const UPDATE_BRANCHES = "slipway/update/";

export interface UpdatePull {
  readonly number: number;
  readonly group: string;
  readonly branch: string;
  /** The branch's commit. */
  readonly head: string;
}

export interface WantedPull {
  readonly branch: string;
  /** The branch to be merged into. */
  readonly base: string;
  readonly title: string;
  /** With the marker. */
  readonly body: string;
}

/** The name of the branch to update. */
export async function defaultBranch({ octokit, owner, repo }: Forge): Promise<string> {
  return (await octokit.rest.repos.get({ owner, repo })).data.default_branch;
}

/** All open update pull requests into a branch, by number. A branch of the same name in a fork is not Slipway's. */
export async function openUpdatePulls({ octokit, owner, repo }: Forge, base: string): Promise<UpdatePull[]> {
  const where = { owner, repo, base, state: "open" as const, per_page: 100 };
  const pulls = await octokit.paginate(octokit.rest.pulls.list, where);
  return pulls
    .filter(({ head }) => head.ref.startsWith(UPDATE_BRANCHES) && isHere(head, owner, repo))
    .map(({ number, head }) => ({
      number,
      group: head.ref.slice(UPDATE_BRANCHES.length),
      branch: head.ref,
      head: head.sha,
    }))
    .sort((a, b) => a.number - b.number);
}

const isHere = (head: { readonly repo: { readonly full_name: string } | null }, owner: string, repo: string) =>
  head.repo?.full_name.toLowerCase() === `${owner}/${repo}`.toLowerCase();

/**
 * The pull request with which somebody declined exactly these updates: the last one of the branch, closed without a merge.
 * Opening it again every night would disregard that decision.
 */
export async function declinedPull(
  { octokit, owner, repo }: Forge,
  { branch, base, body }: WantedPull,
): Promise<number | undefined> {
  const where = { owner, repo, base, head: `${owner}:${branch}`, state: "closed" as const, per_page: 100 };
  const pulls = await octokit.paginate(octokit.rest.pulls.list, where);
  const last = pulls
    .filter(({ head }) => head.ref === branch && isHere(head, owner, repo))
    .reduce<(typeof pulls)[number] | undefined>(
      (best, one) => (best && best.number > one.number ? best : one),
      undefined,
    );
  if (last === undefined || last.merged_at !== null) return undefined;
  const declined = readUpdateMarker(last.body ?? "")?.digest ?? null;
  return declined !== null && declined === readUpdateMarker(body)?.digest ? last.number : undefined;
}

/** Ensures that a branch has an open pull request with these texts. Looks first, so it may be repeated. */
export async function ensurePull(
  forge: Forge,
  wanted: WantedPull,
): Promise<{ readonly number: number; readonly outcome: "opened" | "refreshed" | "unchanged" }> {
  const { octokit, owner, repo } = forge;
  const { branch, base, title, body } = wanted;
  const known = await findOpen(forge, wanted);
  if (known !== undefined) return { number: known.number, outcome: await refresh(forge, known, wanted) };
  try {
    const { data } = await octokit.rest.pulls.create({ owner, repo, head: branch, base, title, body });
    return { number: data.number, outcome: "opened" };
  } catch (error) {
    // Another run may have opened it in the meantime.
    const other = statusOf(error) === 422 ? await findOpen(forge, wanted) : undefined;
    if (other === undefined) throw error;
    return { number: other.number, outcome: await refresh(forge, other, wanted) };
  }
}

interface ExistingPull {
  readonly number: number;
  readonly title: string;
  readonly body: string | null;
}

async function findOpen(
  { octokit, owner, repo }: Forge,
  { branch, base }: WantedPull,
): Promise<ExistingPull | undefined> {
  const where = { owner, repo, base, head: `${owner}:${branch}`, state: "open" as const, per_page: 100 };
  const pulls = await octokit.paginate(octokit.rest.pulls.list, where);
  return pulls.find(({ head }) => head.ref === branch && isHere(head, owner, repo));
}

async function refresh({ octokit, owner, repo }: Forge, existing: ExistingPull, { title, body }: WantedPull) {
  if (existing.title === title && sameText(existing.body ?? "", body)) return "unchanged";
  await octokit.rest.pulls.update({ owner, repo, pull_number: existing.number, title, body });
  return "refreshed";
}

/** The forge may change line ends and surrounding white space. */
const sameText = (a: string, b: string) => a.replaceAll("\r\n", "\n").trim() === b.replaceAll("\r\n", "\n").trim();

const COMMENT_MARKER = "<!-- slipway:update-overtaken v1 -->";

/** Closes a pull request without remaining updates, and says why. Looks first, so it may be repeated. */
export async function closePull(forge: Forge, { number, group }: UpdatePull, why: string): Promise<void> {
  const { octokit, owner, repo } = forge;
  const { data: pull } = await octokit.rest.pulls.get({ owner, repo, pull_number: number });
  if (pull.state !== "open") return;
  await ensureComment(forge, number, {
    isOurs: (body) => body.includes(COMMENT_MARKER),
    isCurrent: () => true,
    body: `${COMMENT_MARKER}\n${why}`,
    create: true,
  });
  // Nobody decided to close it, so if the same updates appear again, a pull request is opened again.
  const body = withUpdateMarker(pull.body ?? "", { group, digest: null });
  await octokit.rest.pulls.update({ owner, repo, pull_number: number, state: "closed", body });
}
