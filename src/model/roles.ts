import type { Source } from "./diagnostic.js";

/** Who may change what. `function-developer` may propose: an approval of one never counts. */
export type RoleName = "administrator" | "privileged-developer" | "function-developer";

/** People of a forge, as it names them: teams `organisation/slug`, users by login, both without `@`. */
export interface Owners {
  readonly teams: readonly string[];
  readonly users: readonly string[];
}

/** What a changed path is, which decides who must approve it. */
export type ChangeKind = "base-image" | "approved-list" | "policy" | "workflow" | "settings" | "image" | "other";

/** `policies/roles.yaml`. */
export interface Roles {
  readonly roles: ReadonlyMap<RoleName, Owners>;
  /** Who approves images, and what is no part of a catalogue. All other kinds of change are administrators'. */
  readonly kinds: { readonly image: ApprovingRole; readonly other: ApprovingRole };
  /** Owners of their own for some paths of those two kinds; the last that matches holds. Administrators may always. */
  readonly paths: readonly PathOwners[];
  readonly source: Source;
}

export type ApprovingRole = Exclude<RoleName, "function-developer">;

export interface PathOwners extends Owners {
  /**
   * What is meant and all below it, relative to the catalogue; with `/` at its end only a directory. `*` stands for any
   * characters but `/`.
   */
  readonly path: string;
  /** JSON pointer of the entry. */
  readonly pointer: string;
}
