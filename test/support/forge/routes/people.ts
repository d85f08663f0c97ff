import { permissionOf } from "../access.js";
import { type PartOf, type Schemas, user } from "../answers.js";
import { ApiError, notFound } from "../api-error.js";
import type { Call } from "../call.js";
import { forbidden, list, ok, type Route } from "../route.js";

/** The current user, members of teams, and permissions. */
export const peopleRoutes: readonly Route[] = [
  {
    method: "GET",
    path: "/user",
    handle: ({ token }) => {
      if (token === null) throw new ApiError(401, "Requires authentication");
      // An App's token belongs to no user on GitHub.
      if (token.installation) throw forbidden(token);
      return ok(user(token.account));
    },
  },
  {
    method: "GET",
    path: "/orgs/{org}/teams/{team_slug}/members",
    handle: (call) => list([...members(call)].flatMap((login) => call.state.accounts.get(login) ?? []).map(user)),
  },
  {
    method: "GET",
    path: "/orgs/{org}/teams/{team_slug}/memberships/{username}",
    handle: (call) => {
      if (!members(call).has(call.param("username"))) throw notFound();
      return ok({ role: "member", state: "active" } satisfies PartOf<Schemas["team-membership"]>);
    },
  },
  {
    method: "GET",
    path: "/repos/{owner}/{repo}/collaborators/{username}/permission",
    needs: { user: "write", app: "read", scopes: ["contents"] },
    handle: (call) => {
      const account = call.state.accounts.get(call.param("username"));
      if (account === undefined) throw notFound();
      const permission = permissionOf(call.state, call.repository, account.login);
      return ok({ permission, role_name: permission } satisfies PartOf<Schemas["repository-collaborator-permission"]>);
    },
  },
];

/**
 * Members of a team, visible to the organisation's people and to tokens with `members`. For all others, including the
 * Actions token, the team does not exist: 404, the same as for a person who is not a member.
 */
function members(call: Call): ReadonlySet<string> {
  const { state, token } = call;
  const teams = state.organisations.get(call.param("org"));
  const slug = call.param("team_slug");
  const belongs = [...(teams?.values() ?? [])].some((team) => token !== null && team.has(token.account.login));
  const sees = token?.installation ? (token.installation.permissions.members ?? "none") !== "none" : belongs;
  const found = sees ? teams?.get(slug) : undefined;
  if (found === undefined) throw notFound();
  return found;
}
