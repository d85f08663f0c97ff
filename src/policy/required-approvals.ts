import type { Catalogue } from "../model/catalogue.js";
import { type Diagnostic, errorAt } from "../model/diagnostic.js";
import type { RequiredApproval } from "../model/gate.js";
import type { ChangeKind, Roles } from "../model/roles.js";
import { changeKind } from "./change-kind.js";
import { type ChangeOwners, ownersOfChange } from "./owners.js";

export interface RequiredApprovalsInput {
  /** Relative to the repository; a rename gives both its paths. */
  readonly changes: readonly string[];
  readonly roles: Roles;
  /** Of a path relative to the catalogue. */
  readonly isBaseImage: (path: string) => boolean;
  /** The catalogue's folder in the repository, without slashes at its ends; empty: the repository is the catalogue. */
  readonly prefix?: string;
}

/** From the most demanding to the least. */
const KINDS: readonly ChangeKind[] = [
  "policy",
  "workflow",
  "settings",
  "approved-list",
  "base-image",
  "image",
  "other",
];

/** The approvals that a change needs: one for each kind of change and set of owners, most demanding first. */
export function requiredApprovals({
  changes,
  roles,
  isBaseImage,
  prefix = "",
}: RequiredApprovalsInput): RequiredApproval[] {
  const groups = new Map<string, { kind: ChangeKind; paths: string[]; owners: ChangeOwners }>();
  for (const path of [...new Set(changes)].sort()) {
    const inside = within(prefix, path);
    // Outside the catalogue only GitHub's own files matter, and roles.yaml has no paths there.
    const kind = inside === undefined ? outsideKind(path) : changeKind(inside, isBaseImage);
    const owners = ownersOfChange(inside ?? path, kind, inside === undefined ? { ...roles, paths: [] } : roles);
    const key = JSON.stringify([kind, [...owners.teams].sort(), [...owners.users].sort()]);
    const group = groups.get(key);
    if (group) group.paths.push(path);
    else groups.set(key, { kind, paths: [path], owners });
  }
  return [...groups.values()]
    .map(({ kind, paths, owners: { role, teams, users } }): RequiredApproval => ({ kind, paths, role, teams, users }))
    .sort((a, b) => demand(a) - demand(b) || (String(a.paths[0]) < String(b.paths[0]) ? -1 : 1));
}

const ROLES_FILE = "policies/roles.yaml";

/** Unreadable roles of a base branch are not the same as no roles: no approval can be counted. */
export function unreadableRoles({ roles, files }: Catalogue): Diagnostic[] {
  if (roles !== undefined || !files.has(ROLES_FILE)) return [];
  const place = { file: ROLES_FILE, line: 1, column: 1 };
  const message = "the base branch's roles cannot be read, so no approval can be counted";
  const hint = "an administrator has to fix the file there, bypassing this check";
  return [errorAt(place, "roles-unreadable", message, hint)];
}

/** A path relative to the catalogue; undefined: it is outside. */
function within(prefix: string, path: string): string | undefined {
  if (prefix === "") return path;
  return path.startsWith(`${prefix}/`) ? path.slice(prefix.length + 1) : undefined;
}

const outsideKind = (path: string): ChangeKind => (changeKind(path, () => false) === "workflow" ? "workflow" : "other");

/** Changes that only administrators approve come first. */
const demand = ({ kind, role }: RequiredApproval) =>
  (role === "administrator" ? 0 : KINDS.length) + KINDS.indexOf(kind);
