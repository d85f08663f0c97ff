import type { IncomingHttpHeaders } from "node:http";
import { ApiError } from "./api-error.js";
import type { Access, Permission, Repository, Scope, State, Token } from "./state.js";

const RANK = { none: 0, read: 1, write: 2, admin: 3 } as const;

/** The token of a request; null without credentials. Git sends Basic with the token as the password, Octokit `token` or Bearer. */
export function caller(state: State, { authorization = "" }: IncomingHttpHeaders): Token | null {
  if (authorization === "") return null;
  const [scheme = "", value = ""] = authorization.split(" ");
  const basic = scheme.toLowerCase() === "basic" ? Buffer.from(value, "base64").toString() : null;
  const token = state.tokens.get(basic === null ? value : basic.slice(basic.indexOf(":") + 1));
  if (token === undefined) throw new ApiError(401, "Bad credentials");
  return token;
}

/** An account's permission in a repository: its own or the best of its teams'; owners may do everything. */
export function permissionOf(state: State, repository: Repository, login: string): Permission | "none" {
  if (repository.owner.login === login) return "admin";
  const teams = [...repository.teams].filter(([slug]) => teamMembers(state, repository.owner.login, slug).has(login));
  const given = [repository.people.get(login) ?? "none", ...teams.map(([, permission]) => permission)] as const;
  const best = given.reduce((most, next) => (RANK[next] > RANK[most] ? next : most));
  return best === "none" && repository.public ? "read" : best;
}

export function teamMembers(state: State, organisation: string, slug: string): ReadonlySet<string> {
  return state.organisations.get(organisation)?.get(slug) ?? new Set();
}

export function atLeast(permission: Permission | "none", wanted: Permission): boolean {
  return RANK[permission] >= RANK[wanted];
}

/** The permission that an operation needs. */
export interface Needs {
  /** The permission that a person needs. */
  readonly user: Permission;
  /** The permission that an App's token needs, in any one of the scopes. */
  readonly app: "read" | "write";
  readonly scopes: readonly Scope[];
}

export function may(state: State, token: Token | null, repository: Repository, { user, app, scopes }: Needs): boolean {
  // Reading a public repository needs no permission, not even for a token without any.
  if (repository.public && app === "read") return true;
  if (token === null) return false;
  if (token.installation === null) return atLeast(permissionOf(state, repository, token.account.login), user);
  const { repository: home, permissions } = token.installation;
  const granted = scopes.map((scope): Access => permissions[scope] ?? "none");
  return home === repository.fullName && granted.some((one) => RANK[one] >= RANK[app]);
}

/** Whether a token may know that a repository exists; otherwise everything below it is 404. */
export function sees(state: State, token: Token | null, repository: Repository): boolean {
  if (repository.public) return true;
  if (token === null) return false;
  if (token.installation !== null) return token.installation.repository === repository.fullName;
  return permissionOf(state, repository, token.account.login) !== "none";
}
