import type { Source } from "./diagnostic.js";
import type { PackageSyntax } from "./package-syntax.js";

/** How `slipway update` keeps a catalogue current (`updates:` of slipway.yaml). Not an input of any image. */
export interface UpdateSettings {
  /** Pull requests of updates that may be open at a time. */
  readonly limit: number;
  /** Patterns with `*` for names of packages and references of bases, by group; the first match counts. */
  readonly groups: ReadonlyMap<string, readonly string[]>;
}

/** A version or digest that stands in the catalogue. */
export interface Pin {
  readonly source: Source;
  /** JSON pointer of the scalar. */
  readonly pointer: string;
  readonly current: string;
}

export interface BasePin extends Pin {
  readonly group: string;
  /** As in catalog/bases.yaml. */
  readonly ref: string;
  /** The day on which the digest was written down, if the entry has one. */
  readonly pinned?: Pin;
}

/** All exact versions of one package for one operating system or language. */
export interface PackagePins {
  readonly group: string;
  readonly name: string;
  /** Exact versions and patterns of the approved list; empty: any version. */
  readonly approved: readonly string[];
  /** Versions of the approved list, if it has no patterns: whoever writes a pattern has decided about new versions. */
  readonly listed: readonly Pin[];
  /** Of images. */
  readonly requested: readonly Pin[];
}

export interface ScopePins {
  /** The operating system or language. */
  readonly scope: string;
  readonly syntax: PackageSyntax;
  readonly packages: readonly PackagePins[];
}

/** Everything in a catalogue that may have something newer. */
export interface CataloguePins {
  readonly bases: readonly BasePin[];
  readonly scopes: readonly ScopePins[];
}

/** A question for a package manager: a package and the versions of it that the catalogue has. */
export interface OfferQuestion {
  readonly name: string;
  readonly current: readonly string[];
}

/** A version, with the known versions that it is newer than in the package manager's own order. */
export interface RankedVersion {
  readonly version: string;
  readonly newerThan: readonly string[];
}

/** What a package manager says about one package. */
export interface Offer {
  /** What its sources offer, from the newest to the oldest; no prereleases. */
  readonly offered: readonly RankedVersion[];
  /** The versions asked about. */
  readonly current: readonly RankedVersion[];
  /** Why the manager does not know. */
  readonly problem?: string;
}

/** By name, as it was asked. */
export type Offers = ReadonlyMap<string, Offer>;

/** One scalar that is to be replaced. */
export interface Update {
  readonly file: string;
  readonly line: number;
  readonly pointer: string;
  /** The package, or the reference of a base. */
  readonly name: string;
  readonly from: string;
  readonly to: string;
  /** Its source, for people. */
  readonly where: string;
}

/** What was found for one group. */
export interface GroupUpdates {
  readonly group: string;
  readonly updates: readonly Update[];
  /** Sources that could not be asked. The group's updates are then only partly known, so none of them is made. */
  readonly problems: readonly string[];
}

export type UpdateAction =
  /** Found, and nothing had to be done about it. */
  | "found"
  /** Written to the working tree. */
  | "edited"
  | "opened"
  | "refreshed"
  | "unchanged"
  /** Nothing is left to update. */
  | "closed"
  /** For another pull request to be merged or closed. */
  | "waiting"
  /** Somebody else's commits are on the branch, or somebody has closed the pull request. */
  | "left-alone"
  /** A value cannot be edited where it stands. */
  | "refused"
  /** A source or the forge was not available. */
  | "failed"
  /** Nothing is newer. */
  | "none";

/** The outcome of a group. */
export interface GroupResult {
  readonly group: string;
  readonly updates: readonly Update[];
  readonly action: UpdateAction;
  /** Number of the pull request. */
  readonly pull: number | null;
  /** In words, if there is more to say; otherwise empty. */
  readonly detail: string;
}
