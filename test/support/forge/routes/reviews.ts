import * as answers from "../answers.js";
import { ApiError, invalid } from "../api-error.js";
import type { Call } from "../call.js";
import { list, ok, type Route } from "../route.js";
import type { Review } from "../state.js";

const RESOURCE = "PullRequestReview";
const STATES = { APPROVE: "APPROVED", REQUEST_CHANGES: "CHANGES_REQUESTED", COMMENT: "COMMENTED" } as const;
const EVENTS = ["APPROVE", "REQUEST_CHANGES", "COMMENT"] as const;

export const reviewRoutes: readonly Route[] = [
  {
    method: "GET",
    path: "/repos/{owner}/{repo}/pulls/{pull_number}/reviews",
    needs: { user: "read", app: "read", scopes: ["pull_requests"] },
    handle: ({ pull, token }) => {
      const visible = pull.reviews.filter(({ state, author }) => state !== "PENDING" || author === token?.account);
      return list(visible.map(answers.review));
    },
  },
  {
    method: "POST",
    path: "/repos/{owner}/{repo}/pulls/{pull_number}/reviews",
    needs: { user: "read", app: "write", scopes: ["pull_requests"] },
    handle: create,
  },
];

async function create(call: Call) {
  const { state, repository, pull, author } = call;
  const body = call.text("body", { resource: RESOURCE, limit: 65_536 }) ?? "";
  const event = call.choice("event", EVENTS, RESOURCE);
  const commit = call.text("commit_id", { resource: RESOURCE }) ?? pull.headSha;
  refuse(event, { own: pull.author === author, actions: author.login === "github-actions[bot]", body });
  if ((await repository.git.commit(commit)) === null) throw invalid(RESOURCE, "commit_id", "invalid");
  const verdict: Review["state"] = event === undefined ? "PENDING" : STATES[event];
  const review: Review = { id: state.id(), author, state: verdict, body, commit, submittedAt: state.now() };
  pull.reviews.push(review);
  return ok(answers.review(review));
}

function refuse(
  event: (typeof EVENTS)[number] | undefined,
  review: { own: boolean; actions: boolean; body: string },
): void {
  const unprocessable = (message: string) => new ApiError(422, "Unprocessable Entity", { errors: [message] });
  if (event === undefined) return;
  if (review.own && event === "APPROVE") throw unprocessable("Review Can not approve your own pull request");
  if (review.own && event === "REQUEST_CHANGES")
    throw unprocessable("Review Can not request changes on your own pull request");
  // The setting that allows it is off by default, because a workflow could approve its own pull request.
  if (review.actions && event === "APPROVE")
    throw unprocessable("GitHub Actions is not permitted to approve pull requests.");
  if (review.body === "" && event !== "APPROVE") throw invalid(RESOURCE, "body", "missing_field");
}
