import type { Forge } from "./client.js";
import { isRefusedByForge } from "./ensure.js";

export interface StickyComment {
  /** Whether a body is one of these comments, whatever it says. */
  readonly isOurs: (body: string) => boolean;
  /** Whether a body already says this: then it is left alone. */
  readonly isCurrent: (body: string) => boolean;
  readonly body: string;
  /** false: an existing comment is updated, but none is created. */
  readonly create: boolean;
}

export type CommentOutcome = "created" | "updated" | "unchanged" | "none";

/**
 * Ensures that a pull request has one comment with this body. Looks first, so it may be repeated. A comment with our marker by
 * somebody else is not ours; if there are several of ours (from two runs at once), the first one is updated.
 */
export async function ensureComment(forge: Forge, pull: number, comment: StickyComment): Promise<CommentOutcome> {
  const { octokit, owner, repo } = forge;
  const author = await ownLogin(forge);
  const where = { owner, repo, issue_number: pull, per_page: 100 };
  for await (const { data } of octokit.paginate.iterator(octokit.rest.issues.listComments, where)) {
    const existing = data.find(({ body = "", user }) => author(user) && comment.isOurs(body));
    if (existing === undefined) continue;
    if (comment.isCurrent(existing.body ?? "")) return "unchanged";
    await octokit.rest.issues.updateComment({ owner, repo, comment_id: existing.id, body: comment.body });
    return "updated";
  }
  if (!comment.create) return "none";
  await octokit.rest.issues.createComment({ owner, repo, issue_number: pull, body: comment.body });
  return "created";
}

type IsOwn = (user: { readonly login: string; readonly type: string } | null) => boolean;

/** Decides whose comments are ours. An app's token (such as that of GitHub Actions) may not ask who it is, but it is a bot. */
async function ownLogin({ octokit }: Forge): Promise<IsOwn> {
  try {
    const { data } = await octokit.rest.users.getAuthenticated();
    return (user) => user?.login === data.login;
  } catch (error) {
    if (!isRefusedByForge(error)) throw error;
    return (user) => user?.type === "Bot";
  }
}
