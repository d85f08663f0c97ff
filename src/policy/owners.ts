import type { ApprovingRole, ChangeKind, Owners, PathOwners, Roles } from "../model/roles.js";
import { wildcardMatches } from "../model/wildcard.js";

export interface ChangeOwners extends Owners {
  readonly role: ApprovingRole;
}

const NOBODY: Owners = { teams: [], users: [] };

/** Who must approve a change of this path: any one of them. Administrators are always among them, at the end. */
export function ownersOfChange(path: string, kind: ChangeKind, roles: Roles): ChangeOwners {
  const administrators = roles.roles.get("administrator") ?? NOBODY;
  if (kind !== "image" && kind !== "other") return { role: "administrator", ...administrators };
  const role = roles.kinds[kind];
  const own = roles.paths.findLast((entry) => ownsPath(entry, path));
  return { role, ...join(own ?? roles.roles.get(role) ?? NOBODY, administrators) };
}

/** The owners that an entry of `paths` gives. */
export const ownersOfEntry = (entry: PathOwners, roles: Roles): Owners =>
  join(entry, roles.roles.get("administrator") ?? NOBODY);

/** Whether an entry means a path: the path itself (unless it ends in `/`), or all below it. As CODEOWNERS has it. */
function ownsPath({ path: pattern }: PathOwners, path: string): boolean {
  const wanted = pattern.replace(/\/$/, "").split("/");
  const parts = path.split("/");
  if (parts.length < wanted.length || (pattern.endsWith("/") && parts.length === wanted.length)) return false;
  return wanted.every((name, index) => wildcardMatches(name, parts[index] ?? ""));
}

function join(first: Owners, second: Owners): Owners {
  return { teams: distinct([...first.teams, ...second.teams]), users: distinct([...first.users, ...second.users]) };
}

/** GitHub knows no letter case in names; the first spelling stays. */
function distinct(names: readonly string[]): string[] {
  const seen = new Map<string, string>();
  for (const name of names) if (!seen.has(name.toLowerCase())) seen.set(name.toLowerCase(), name);
  return [...seen.values()];
}
