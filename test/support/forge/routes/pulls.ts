import { atLeast, permissionOf } from "../access.js";
import * as answers from "../answers.js";
import { ApiError, invalid } from "../api-error.js";
import { obstacles } from "../branch-protection.js";
import type { Call } from "../call.js";
import { bring, changeBase, close, mergePull, openPull, reopen } from "../pull-requests.js";
import { created, forbidden, list, ok, type Route } from "../route.js";
import type { PullRequest, Repository } from "../state.js";

const READ = { user: "read", app: "read", scopes: ["pull_requests"] } as const;
const WRITE = { user: "read", app: "write", scopes: ["pull_requests"] } as const;
const RESOURCE = "PullRequest";
const TITLE = { resource: RESOURCE, limit: 256 };
const BODY = { resource: RESOURCE, limit: 65_536 };
/** The largest number of files that GitHub lists for a pull request. */
const FILES = 3000;

export const pullRoutes: readonly Route[] = [
  { method: "GET", path: "/repos/{owner}/{repo}/pulls", needs: READ, handle: listPulls },
  {
    method: "POST",
    path: "/repos/{owner}/{repo}/pulls",
    needs: WRITE,
    handle: (call) => call.state.turn(() => create(call)),
  },
  {
    method: "GET",
    path: "/repos/{owner}/{repo}/pulls/{pull_number}",
    needs: READ,
    handle: async (call) => ok(await whole(call, call.pull)),
  },
  {
    method: "PATCH",
    path: "/repos/{owner}/{repo}/pulls/{pull_number}",
    needs: WRITE,
    handle: (call) => call.state.turn(() => update(call)),
  },
  {
    method: "PUT",
    path: "/repos/{owner}/{repo}/pulls/{pull_number}/merge",
    needs: { user: "write", app: "write", scopes: ["contents"] },
    handle: (call) => call.state.turn(() => merge(call)),
  },
  {
    method: "GET",
    path: "/repos/{owner}/{repo}/pulls/{pull_number}/files",
    needs: READ,
    handle: async ({ repository, pull }) => {
      const files = await repository.git.changes(pull.baseSha, pull.headSha, true);
      return list(files.slice(0, FILES).map(answers.changedFile));
    },
  },
];

function listPulls({ repository, query }: Call) {
  const state = query.get("state") ?? "open";
  const base = query.get("base");
  const head = query.get("head");
  const sort = query.get("sort") === "updated" ? "updatedAt" : "createdAt";
  const descending = (query.get("direction") ?? (query.has("sort") ? "asc" : "desc")) === "desc";
  const found = [...repository.pulls.values()].filter(
    (pull) =>
      (state === "all" || pull.state === state) &&
      (base === null || pull.baseBranch === base) &&
      // GitHub ignores a head without an owner, and lists everything.
      (head === null || !head.includes(":") || head === `${pull.headRepository.owner.login}:${pull.headBranch}`),
  );
  found.sort((a, b) => (a[sort] < b[sort] ? -1 : 1) * (descending ? -1 : 1));
  return list(found.map((pull) => answers.pull(pull, repository)));
}

async function whole({ state, repository }: Call, pull: PullRequest) {
  const blocked = (await obstacles(state, repository, pull)).length > 0;
  return answers.wholePull(pull, repository, {
    blocked,
    files: await repository.git.changes(pull.baseSha, pull.headSha, true),
  });
}

async function create(call: Call) {
  const { state, repository: base, author } = call;
  const title = call.required("title", TITLE);
  const head = call.required("head", { resource: RESOURCE });
  const baseBranch = call.required("base", { resource: RESOURCE });
  const body = call.text("body", BODY) ?? null;
  const [owner, headBranch] = head.includes(":") ? (head.split(":", 2) as [string, string]) : [base.owner.login, head];
  const headRepository = headRepositoryOf(call, owner);
  const headSha = await headRepository?.git.commit(`refs/heads/${headBranch}`);
  if (!headRepository || !headSha) throw invalid(RESOURCE, "head", "invalid");
  const tip = await base.git.commit(`refs/heads/${baseBranch}`);
  if (tip === null) throw invalid(RESOURCE, "base", "invalid");
  const taken = [...base.pulls.values()].some(
    (pull) =>
      pull.state === "open" &&
      pull.headRepository === headRepository &&
      pull.headBranch === headBranch &&
      pull.baseBranch === baseBranch,
  );
  if (taken) throw invalid(RESOURCE, "head", "custom", `A pull request already exists for ${owner}:${headBranch}.`);
  await bring(base, headRepository, headBranch);
  if (await base.git.contains(tip, headSha)) {
    throw invalid(RESOURCE, "head", "custom", `No commits between ${baseBranch} and ${head}`);
  }
  if ((await base.git.mergeBase(tip, headSha)) === null) {
    const message = `The ${headBranch} branch has no history in common with ${baseBranch}`;
    throw invalid(RESOURCE, "head", "custom", message);
  }
  const pull = await openPull(state, base, { author, headRepository, headBranch, baseBranch, title, body });
  return created(await whole(call, pull));
}

/** The repository itself or its fork with this owner. */
function headRepositoryOf({ state, repository }: Call, owner: string): Repository | undefined {
  if (owner === repository.owner.login) return repository;
  return [...state.repositories.values()].find(
    ({ parent, owner: { login } }) => parent === repository && login === owner,
  );
}

async function update(call: Call) {
  const { state, repository, pull, token, author } = call;
  const own = pull.author.login === author.login;
  if (!token?.installation && !own && !atLeast(permissionOf(state, repository, author.login), "write"))
    throw forbidden(token);
  const title = call.text("title", TITLE);
  const body = call.text("body", BODY);
  const wanted = call.choice("state", ["open", "closed"], RESOURCE);
  const to = call.text("base", { resource: RESOURCE });
  if (to !== undefined && (await repository.git.commit(`refs/heads/${to}`)) === null)
    throw invalid(RESOURCE, "base", "invalid");
  if (title !== undefined) pull.title = title;
  if (body !== undefined) pull.body = body;
  pull.updatedAt = state.now();
  if (to !== undefined && to !== pull.baseBranch) await changeBase(state, repository, { pull, to });
  if (wanted === "closed" && pull.state === "open") close(state, pull);
  if (wanted === "open" && pull.state === "closed") {
    if (pull.mergedAt !== null)
      throw invalid(RESOURCE, "state", "custom", "state cannot be changed. The pull request was merged.");
    const { headRepository, headBranch } = pull;
    if ((await headRepository.git.commit(`refs/heads/${headBranch}`)) === null) {
      throw invalid(RESOURCE, "state", "custom", `state cannot be changed. The ${headBranch} branch has been deleted.`);
    }
    await reopen(state, repository, pull);
  }
  return ok(await whole(call, pull));
}

async function merge(call: Call) {
  const { state, repository, pull, author } = call;
  const method = call.choice("merge_method", ["merge", "squash", "rebase"], RESOURCE) ?? "merge";
  if (method === "rebase") throw new ApiError(405, "Rebase merges are not allowed on this repository.");
  const expected = call.text("sha", { resource: RESOURCE });
  if (expected !== undefined && expected !== pull.headSha) {
    throw new ApiError(409, "Head branch was modified. Review and try the merge again.");
  }
  const sha = await mergePull(state, repository, { pull, by: author, method });
  const message = "Pull Request successfully merged";
  return ok({ sha, merged: true, message } satisfies answers.Schemas["pull-request-merge-result"]);
}
