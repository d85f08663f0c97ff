import type { ApprovalState, RequiredApproval, Review } from "../model/gate.js";
import type { Owners } from "../model/roles.js";

/** The logins of members, by team; null or missing: they could not be read. */
export type Members = ReadonlyMap<string, ReadonlySet<string> | null>;

export interface ReviewApprovalsInput {
  readonly required: readonly RequiredApproval[];
  /** In any order. */
  readonly reviews: readonly Review[];
  readonly author: string;
  /** The commit that is to be merged. */
  readonly head: string;
  readonly members: Members;
  /** Function developers, only to name one as such. */
  readonly functionDevelopers?: Owners | undefined;
}

/**
 * Finds which required approvals are given. The latest review of each person counts, comments aside; an approval that is not
 * certain counts as missing. An owner who requests changes blocks, whatever the reviewed commit: new commits do not answer it.
 */
export function reviewApprovals(input: ReviewApprovalsInput): ApprovalState[] {
  const reviews = latestReviews(input.reviews);
  return input.required.map((required) => evaluate(required, reviews, input));
}

type Ignored = ApprovalState["ignored"][number];

function evaluate(required: RequiredApproval, reviews: readonly Review[], input: ReviewApprovalsInput): ApprovalState {
  const blocking = reviews.filter((review) => {
    if (review.state !== "CHANGES_REQUESTED" || isSame(review.user, input.author) || isBot(review.user)) return false;
    return belonging(review.user, required, input.members).answer !== "no";
  });
  const ignored: Ignored[] = blocking.map(({ user }) => ({ user, why: "asks for changes" }));
  let by: string | null = null;
  for (const { user, commit } of reviews.filter(({ state }) => state === "APPROVED")) {
    const why = objection({ user, commit }, required, input) ?? waitsFor(blocking);
    if (why !== undefined) ignored.push({ user, why });
    else by ??= user;
  }
  return { required, by, ignored };
}

const waitsFor = ([first]: readonly Review[]) => first && `does not suffice while ${first.user} asks for changes`;

/** Why an approval does not count. */
function objection(
  { user, commit }: Pick<Review, "user" | "commit">,
  required: RequiredApproval,
  { author, head, members, functionDevelopers }: ReviewApprovalsInput,
): string | undefined {
  if (isSame(user, author)) return "is the author";
  if (isBot(user)) return "is a bot";
  const { answer, teams } = belonging(user, required, members);
  if (answer === "unknown") return `might not be a member of ${mentions(teams)}: the members could not be read`;
  if (answer === "no") {
    const isDeveloper =
      functionDevelopers !== undefined && belonging(user, functionDevelopers, members).answer === "yes";
    const who = isDeveloper ? "is a function developer, whose approvals never count, and " : "";
    return who + (teams.length > 0 ? `is not a member of ${mentions(teams)}` : "is not an owner of it");
  }
  return isSame(commit, head) ? undefined : `approved ${commit.slice(0, 12)}, not the newest commit`;
}

interface Belonging {
  readonly answer: "yes" | "no" | "unknown";
  /** The teams that the answer depends on. */
  readonly teams: readonly string[];
}

function belonging(user: string, { teams, users }: Owners, members: Members): Belonging {
  if (users.some((owner) => isSame(owner, user))) return { answer: "yes", teams };
  if (teams.some((team) => [...(members.get(team) ?? [])].some((login) => isSame(login, user))))
    return { answer: "yes", teams };
  const unread = teams.filter((team) => !members.get(team));
  return unread.length > 0 ? { answer: "unknown", teams: unread } : { answer: "no", teams };
}

/** The latest review of each person, in order of time. A comment takes nothing back; a pending review is not submitted yet. */
function latestReviews(reviews: readonly Review[]): Review[] {
  const latest = new Map<string, Review>();
  for (const review of [...reviews].sort((a, b) => Date.parse(a.submitted) - Date.parse(b.submitted))) {
    if (review.state === "COMMENTED" || review.state === "PENDING") continue;
    const person = review.user.toLowerCase();
    // Deleted first, so that the order is that of the latest reviews.
    latest.delete(person);
    latest.set(person, review);
  }
  return [...latest.values()];
}

const isSame = (a: string, b: string) => a.toLowerCase() === b.toLowerCase();

const isBot = (user: string) => user.toLowerCase().endsWith("[bot]");

const mentions = (teams: readonly string[]) => teams.map((team) => `@${team}`).join(" or ");
