import { atLeast, permissionOf } from "../access.js";
import * as answers from "../answers.js";
import { notFound } from "../api-error.js";
import type { Call } from "../call.js";
import { created, forbidden, list, noContent, ok, type Route } from "../route.js";
import type { Comment } from "../state.js";

// For GitHub a pull request is also an issue, and either permission is enough.
const SCOPES = ["issues", "pull_requests"] as const;
const READ = { user: "read", app: "read", scopes: SCOPES } as const;
const WRITE = { user: "read", app: "write", scopes: SCOPES } as const;
const BODY = { resource: "IssueComment", limit: 65_536 };

/** The comments of pull requests. */
export const commentRoutes: readonly Route[] = [
  {
    method: "GET",
    path: "/repos/{owner}/{repo}/issues/{issue_number}/comments",
    needs: READ,
    handle: ({ repository, pull, query }) => {
      const since = query.get("since") ?? "";
      const comments = [...repository.comments.values()].filter(
        ({ issue, updatedAt }) => issue === pull.number && updatedAt >= since,
      );
      return list(comments.map(answers.comment));
    },
  },
  {
    method: "POST",
    path: "/repos/{owner}/{repo}/issues/{issue_number}/comments",
    needs: WRITE,
    handle: (call) => {
      const { state, repository, pull, author } = call;
      const body = call.required("body", BODY);
      const now = state.now();
      const comment: Comment = { id: state.id(), issue: pull.number, author, body, createdAt: now, updatedAt: now };
      repository.comments.set(comment.id, comment);
      return created(answers.comment(comment));
    },
  },
  {
    method: "PATCH",
    path: "/repos/{owner}/{repo}/issues/comments/{comment_id}",
    needs: WRITE,
    handle: (call) => {
      const comment = editable(call);
      comment.body = call.required("body", BODY);
      comment.updatedAt = call.state.now();
      return ok(answers.comment(comment));
    },
  },
  {
    method: "DELETE",
    path: "/repos/{owner}/{repo}/issues/comments/{comment_id}",
    needs: WRITE,
    handle: (call) => {
      call.repository.comments.delete(editable(call).id);
      return noContent();
    },
  },
];

/** The comment in the path, for its author and for accounts that may write. */
function editable(call: Call): Comment {
  const { state, repository, token, author } = call;
  const comment = repository.comments.get(Number(call.param("comment_id")));
  if (comment === undefined) throw notFound();
  const writes = token?.installation || atLeast(permissionOf(state, repository, author.login), "write");
  if (comment.author !== author && !writes) throw forbidden(token);
  return comment;
}
