import type { ApprovingRole, ChangeKind, Owners, PathOwners, Roles } from "../model/roles.js";
import { wildcardMatches } from "../model/wildcard.js";

export interface ChangeOwners extends Owners {
  readonly role: ApprovingRole;
}

const NOBODY: Owners = { teams: [], users: [] };

/** The owners of a path, any one of whom must approve its change. Administrators are always among them, at the end. */
export function ownersOfChange(path: string, kind: ChangeKind, roles: Roles): ChangeOwners {
  const administrators = roles.roles.get("administrator") ?? NOBODY;
  if (kind !== "image" && kind !== "other") return { role: "administrator", ...administrators };
  const role = roles.kinds[kind];
  const own = roles.paths.findLast((entry) => ownsPath(entry, path));
  return { role, ...join(own ?? roles.roles.get(role) ?? NOBODY, administrators) };
}

/** The owners by an entry of `paths`. */
export const ownersOfEntry = (entry: PathOwners, roles: Roles): Owners =>
  join(entry, roles.roles.get("administrator") ?? NOBODY);

/** Whether an entry covers a path: the path itself (unless the entry ends in `/`) and all below it, as in CODEOWNERS. */
function ownsPath({ path: pattern }: PathOwners, path: string): boolean {
  const wanted = pattern.replace(/\/$/, "").split("/");
  const parts = path.split("/");
  if (parts.length < wanted.length || (pattern.endsWith("/") && parts.length === wanted.length)) return false;
  return wanted.every((name, index) => wildcardMatches(name, parts[index] ?? ""));
}

function join(first: Owners, second: Owners): Owners {
  return { teams: distinct([...first.teams, ...second.teams]), users: distinct([...first.users, ...second.users]) };
}

/** Each name once, in its first spelling: GitHub ignores the letter case of names. */
function distinct(names: readonly string[]): string[] {
  const seen = new Map<string, string>();
  for (const name of names) if (!seen.has(name.toLowerCase())) seen.set(name.toLowerCase(), name);
  return [...seen.values()];
}
