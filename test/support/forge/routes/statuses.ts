import * as answers from "../answers.js";
import { ApiError, notFound } from "../api-error.js";
import type { Call } from "../call.js";
import { created, list, type Route } from "../route.js";
import type { Status } from "../state.js";

const READ = { user: "read", app: "read", scopes: ["statuses"] } as const;
const RESOURCE = "Status";
const STATES = ["error", "failure", "pending", "success"] as const;

/** Commit statuses, which tokens can write that are not an App's and may not write check runs. */
export const statusRoutes: readonly Route[] = [
  {
    method: "POST",
    path: "/repos/{owner}/{repo}/statuses/{sha}",
    needs: { user: "write", app: "write", scopes: ["statuses"] },
    handle: create,
  },
  {
    method: "GET",
    path: "/repos/{owner}/{repo}/commits/{ref}/statuses",
    needs: READ,
    // The newest first.
    handle: async (call) => list((await ofRef(call)).statuses.reverse().map(answers.status)),
  },
  { method: "GET", path: "/repos/{owner}/{repo}/commits/{ref}/status", needs: READ, handle: combined },
];

async function create(call: Call) {
  const { state, repository, author } = call;
  call.required("state", { resource: RESOURCE });
  const value = call.choice("state", STATES, RESOURCE) ?? "pending";
  const description = call.text("description", { resource: RESOURCE, limit: 140 }) ?? null;
  const context = call.text("context", { resource: RESOURCE, limit: 255 }) ?? "default";
  const targetUrl = call.text("target_url", { resource: RESOURCE }) ?? null;
  const sha = call.param("sha");
  if ((await repository.git.commit(sha)) !== sha) throw new ApiError(422, `No commit found for SHA: ${sha}`);
  const status: Status = {
    id: state.id(),
    sha,
    creator: author,
    state: value,
    context,
    description,
    targetUrl,
    createdAt: state.now(),
  };
  repository.statuses.push(status);
  return created(answers.status(status));
}

/** Each context's latest status, and the combined state, which is pending if there are none. */
async function combined(call: Call) {
  const { sha, statuses } = await ofRef(call);
  const latest = [...new Map(statuses.map((status) => [status.context, status])).values()];
  const states = latest.map(({ state }) => state);
  const failed = states.some((state) => state === "failure" || state === "error");
  const pending = states.length === 0 || states.includes("pending");
  const state = failed ? "failure" : pending ? "pending" : "success";
  return list(latest.map(answers.status), (page) => ({ state, sha, total_count: latest.length, statuses: page }));
}

async function ofRef(call: Call): Promise<{ sha: string; statuses: Status[] }> {
  const sha = await call.repository.git.commit(call.param("ref"));
  if (sha === null) throw notFound();
  return { sha, statuses: call.repository.statuses.filter((status) => status.sha === sha) };
}
