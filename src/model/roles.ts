import type { Source } from "./diagnostic.js";

/** Who may change what. A `function-developer` may propose changes, but their approval never counts. */
export type RoleName = "administrator" | "privileged-developer" | "function-developer";

/** People of a forge, as it names them: teams `organisation/slug`, users by login, both without `@`. */
export interface Owners {
  readonly teams: readonly string[];
  readonly users: readonly string[];
}

/** The kind of a changed path, which decides who must approve it. */
export type ChangeKind = "base-image" | "approved-list" | "policy" | "workflow" | "settings" | "image" | "other";

/** `policies/roles.yaml`. */
export interface Roles {
  readonly roles: ReadonlyMap<RoleName, Owners>;
  /** Who approves images, and files outside the catalogue. All other kinds of change belong to administrators. */
  readonly kinds: { readonly image: ApprovingRole; readonly other: ApprovingRole };
  /** Separate owners of some paths of those two kinds; the last match counts. Administrators may always approve. */
  readonly paths: readonly PathOwners[];
  readonly source: Source;
}

export type ApprovingRole = Exclude<RoleName, "function-developer">;

export interface PathOwners extends Owners {
  /**
   * A path and everything below it, relative to the catalogue; with `/` at its end only a directory. `*` stands for
   * any characters but `/`.
   */
  readonly path: string;
  /** JSON pointer of the entry. */
  readonly pointer: string;
}
