import type { IncomingHttpHeaders } from "node:http";
import { caller } from "./access.js";
import { ApiError, notFound } from "./api-error.js";
import type { Reply } from "./reply.js";
import { type Answer, findRoute, page, perform, type Route } from "./route.js";
import { checkRunRoutes } from "./routes/check-runs.js";
import { commentRoutes } from "./routes/comments.js";
import { labelRoutes } from "./routes/labels.js";
import { peopleRoutes } from "./routes/people.js";
import { pullRoutes } from "./routes/pulls.js";
import { repositoryRoutes } from "./routes/repositories.js";
import { reviewRoutes } from "./routes/reviews.js";
import { runRoutes } from "./routes/runs.js";
import { statusRoutes } from "./routes/statuses.js";
import type { State } from "./state.js";

const ROUTES: readonly Route[] = [
  ...peopleRoutes,
  ...repositoryRoutes,
  ...pullRoutes,
  ...reviewRoutes,
  ...commentRoutes,
  ...labelRoutes,
  ...checkRunRoutes,
  ...statusRoutes,
  ...runRoutes,
];

export interface RestCall {
  readonly method: string;
  readonly path: string;
  /** The full address, which the Link header repeats. */
  readonly url: URL;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** Answers one request to the REST interface; calls `unknown` if the forge has no route for it. */
export async function answerRest(state: State, call: RestCall, unknown: () => void): Promise<Reply> {
  try {
    if (!call.headers["user-agent"])
      throw new ApiError(
        403,
        "Request forbidden by administrative rules. Please make sure your request has a User-Agent header",
      );
    const token = caller(state, call.headers);
    const found = findRoute(ROUTES, call);
    if (found === null) {
      unknown();
      throw notFound();
    }
    const answer = await perform(state, { ...call, query: call.url.searchParams, token }, found);
    return inJson(answer, call.url);
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    return json(error.status, error.body, error.headers);
  }
}

function inJson({ status, body, list, wrap }: Answer, url: URL): Reply {
  if (status === 204) return { status, headers: {}, body: "" };
  if (list === undefined) return json(status, body);
  const { items, headers } = page(list, url);
  return json(status, wrap ? wrap(items) : items, headers);
}

export function json(status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): Reply {
  return {
    status,
    headers: { "content-type": "application/json; charset=utf-8", ...headers },
    body: JSON.stringify(body),
  };
}
