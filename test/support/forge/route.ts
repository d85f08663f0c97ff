import type { paths } from "@octokit/openapi-types";
import { may, type Needs, sees } from "./access.js";
import { ApiError, notFound } from "./api-error.js";
import { Call } from "./call.js";
import type { Repository, State, Token } from "./state.js";

/** One operation of the REST interface, under its path in GitHub's own description. */
export interface Route {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  readonly path: keyof paths;
  /** The permission needed in the repository; if omitted, the route itself decides. */
  readonly needs?: Needs;
  handle(call: Call): Answer | Promise<Answer>;
}

export interface Answer {
  readonly status: number;
  readonly body?: unknown;
  /** A list that is answered page by page, either as the body itself or inside an object that `wrap` makes. */
  readonly list?: readonly unknown[];
  readonly wrap?: (page: readonly unknown[]) => unknown;
}

export const ok = (body: unknown): Answer => ({ status: 200, body });
export const created = (body: unknown): Answer => ({ status: 201, body });
export const noContent = (): Answer => ({ status: 204 });
export const list = (items: readonly unknown[], wrap?: Answer["wrap"]): Answer => ({
  status: 200,
  list: items,
  ...(wrap && { wrap }),
});

export interface RestRequest {
  readonly method: string;
  /** Below the address of the interface, not decoded. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly body: string;
  readonly token: Token | null;
}

/** The route of a request and the parameters in its path; null if there is none, which GitHub answers with 404. */
export function findRoute(routes: readonly Route[], { method, path }: Pick<RestRequest, "method" | "path">) {
  for (const route of routes) {
    const match = route.method === method ? pattern(route.path).exec(path) : null;
    if (match) return { route, params: decoded(match.groups ?? {}) };
  }
  return null;
}

/** Checks a request in GitHub's order: the repository exists, the account has permission, the body is JSON. */
export async function perform(
  state: State,
  request: RestRequest,
  { route, params }: NonNullable<ReturnType<typeof findRoute>>,
) {
  const repository = params.repo === undefined ? null : visible(state, request.token, `${params.owner}/${params.repo}`);
  if (request.method !== "GET" && request.token === null) throw new ApiError(401, "Requires authentication");
  if (repository && route.needs && !may(state, request.token, repository, route.needs)) throw forbidden(request.token);
  const call = new Call(state, { ...request, params, repository, body: parsed(request.body) });
  return route.handle(call);
}

function visible(state: State, token: Token | null, name: string): Repository {
  const repository = state.repositories.get(name);
  if (repository === undefined || !sees(state, token, repository)) throw notFound();
  return repository;
}

export function forbidden(token: Token | null): ApiError {
  return new ApiError(
    403,
    token?.installation ? "Resource not accessible by integration" : "Must have push access to the repository.",
  );
}

function parsed(body: string): Record<string, unknown> {
  try {
    const value: unknown = body === "" ? {} : JSON.parse(body);
    // A few operations take a bare list, which routes find under this name.
    if (Array.isArray(value)) return { labels: value };
    if (typeof value === "object" && value !== null) return { ...value };
  } catch {
    // answered below
  }
  throw new ApiError(400, "Problems parsing JSON");
}

/** `{ref}` and `{branch}` may contain slashes. */
function pattern(path: string): RegExp {
  const source = path.replace(
    /\{(\w+)\}/g,
    (_, name) => `(?<${name}>${/^(?:ref|branch)$/.test(name) ? ".+" : "[^/]+"})`,
  );
  return new RegExp(`^${source}$`);
}

function decoded(groups: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(groups).map(([name, value]) => [name, decodeURIComponent(value)]));
}

/** A page of a list and the Link header that leads to the others (docs.github.com, using pagination in the REST API). */
export function page(
  items: readonly unknown[],
  url: URL,
): { items: readonly unknown[]; headers: Record<string, string> } {
  const number = (name: string, fallback: number) =>
    Math.max(1, Number.parseInt(url.searchParams.get(name) ?? "", 10) || fallback);
  const size = Math.min(100, number("per_page", 30));
  const at = number("page", 1);
  const last = Math.max(1, Math.ceil(items.length / size));
  const link = (rel: string, target: number) => {
    const to = new URL(url);
    to.searchParams.set("page", String(target));
    return `<${to.href}>; rel="${rel}"`;
  };
  const links = [
    ...(at > 1 ? [link("prev", Math.min(at - 1, last))] : []),
    ...(at < last ? [link("next", at + 1), link("last", last)] : []),
    ...(at > 1 ? [link("first", 1)] : []),
  ];
  const headers: Record<string, string> = links.length > 0 ? { link: links.join(", ") } : {};
  return { items: items.slice((at - 1) * size, at * size), headers };
}
