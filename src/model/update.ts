import type { Source } from "./diagnostic.js";

/** How `slipway update` keeps a catalogue current (`updates:` of slipway.yaml). No input of any image. */
export interface UpdateSettings {
  /** Pull requests of updates that may be open at a time. */
  readonly limit: number;
  /** Patterns with `*` for packages' names and bases' references, by group; the first group that matches has it. */
  readonly groups: ReadonlyMap<string, readonly string[]>;
}

/** A value of the catalogue that something newer may stand for. */
export interface Pin {
  readonly group: string;
  readonly source: Source;
  /** JSON pointer of the scalar. */
  readonly pointer: string;
  /** The package, or a base's reference. */
  readonly name: string;
  /** The version or digest that stands there. */
  readonly held: string;
}

/** One scalar that is to be replaced. */
export interface Update {
  readonly file: string;
  readonly line: number;
  readonly pointer: string;
  readonly name: string;
  readonly from: string;
  readonly to: string;
  /** Who offers it, for people. */
  readonly where: string;
}

/** What was found for one group. */
export interface GroupUpdates {
  readonly group: string;
  readonly updates: readonly Update[];
  /** Sources that could not be asked: what the group would need is not known, so nothing of it is done. */
  readonly problems: readonly string[];
}

/** What became of a group; `none`: nothing is newer. */
export type UpdateAction =
  | "edited"
  | "found"
  | "opened"
  | "refreshed"
  | "unchanged"
  | "closed"
  | "waiting"
  | "left-alone"
  | "failed"
  | "none";

export interface GroupResult {
  readonly group: string;
  readonly updates: readonly Update[];
  readonly action: UpdateAction;
  /** Number of the pull request. */
  readonly pull: number | null;
  /** In words, where there is more to say; else empty. */
  readonly detail: string;
}

/** What to ask a package manager: a package and the versions of it that the catalogue holds. */
export interface OfferQuestion {
  readonly name: string;
  readonly held: readonly string[];
}

/** A version that a source offers now. Lists of these go from the newest to the oldest, by the manager's own order. */
export interface Offer {
  readonly version: string;
  /** Those of the versions asked about that it is newer than. */
  readonly newerThan: readonly string[];
}

/** What a package manager says: offers by name, and why it does not know, by name. */
export interface Offers {
  readonly offers: ReadonlyMap<string, readonly Offer[]>;
  readonly problems: ReadonlyMap<string, string>;
}
