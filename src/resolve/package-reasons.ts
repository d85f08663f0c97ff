import type { LockedPackage } from "../model/lock.js";
import type { Reason } from "../model/plan.js";
import type { ApprovedPackage, Recipe } from "../model/recipe.js";
import { bootstrapOf } from "../model/recipe-stages.js";
import { lockedOf } from "./key.js";

/** The packages that make the difference between two recipes of an image: `PACKAGE libpq5 15.17 → 15.18`. */
export function packageReasons(old: Recipe, now: Recipe): Reason[] {
  const [from, to] = [lockedOf(old), lockedOf(now)];
  if (from && to) return lockedReasons(old, now, { from, to });
  const requestReasons = differences(byName(old.packages, constraint), byName(now.packages, constraint)).map(
    askedReason,
  );
  if (!from === !to || !installs(old) || !installs(now)) return requestReasons;
  return [reason("LOCK", to ? "locked now" : "not locked any more"), ...requestReasons];
}

export const installs = ({ packages, containerfile }: Recipe) =>
  packages.length > 0 || bootstrapOf(containerfile.stages) !== undefined;

interface Closures {
  readonly from: readonly LockedPackage[];
  readonly to: readonly LockedPackage[];
}

/**
 * Compares the installed packages: requested ones first, then those that come along. A different request for the same packages is
 * another text of the Containerfile, so it is a reason as well; a different approval is not.
 */
function lockedReasons(old: Recipe, now: Recipe, { from, to }: Closures): Reason[] {
  const changes = differences(lockedVersions(from), lockedVersions(to));
  const requested = new Set([...from, ...to].filter(({ why }) => why.length === 0).map(idOf));
  const first = changes.filter(({ id }) => requested.has(id));
  const reasons = [...first, ...changes.filter(({ id }) => !requested.has(id))].map(installedReason);
  if (reasons.length > 0) return reasons;
  const files = differences(
    byId(from, ({ sha256 }) => sha256),
    byId(to, ({ sha256 }) => sha256),
  );
  if (files.length > 0)
    return files.map(({ id }) => reason("PACKAGE", `${nameOf(id)} is another file of the same version`));
  const words = (entry: ApprovedPackage) => entry.version ?? "any version";
  return differences(byName(old.packages, words), byName(now.packages, words)).map(askedReason);
}

interface Difference {
  readonly id: string;
  readonly from: string | undefined;
  readonly to: string | undefined;
}

function differences(before: ReadonlyMap<string, string>, after: ReadonlyMap<string, string>): Difference[] {
  const ids = [...new Set([...before.keys(), ...after.keys()])].sort();
  return ids.map((id) => ({ id, from: before.get(id), to: after.get(id) })).filter(({ from, to }) => from !== to);
}

function askedReason({ id, from, to }: Difference): Reason {
  const name = nameOf(id);
  if (from === undefined) return reason("PACKAGE", `${name} ${to === "any version" ? "" : `${to} `}added`);
  return reason("PACKAGE", to === undefined ? `${name} removed` : `${name} ${from} → ${to}`);
}

function installedReason({ id, from, to }: Difference): Reason {
  const name = nameOf(id);
  if (from === undefined) return reason("PACKAGE", `${name} ${to} added`);
  return reason("PACKAGE", to === undefined ? `${name} ${from} removed` : `${name} ${from} → ${to}`);
}

const byName = (entries: readonly ApprovedPackage[], words: (entry: ApprovedPackage) => string) =>
  new Map(entries.map((entry) => [`${entry.stage ?? ""} ${entry.kind}\t${entry.name}`, words(entry)]));

/** The versions that the build may install, in words. For an exact version the approved list makes no difference. */
export const constraint = ({ version, approved }: ApprovedPackage) =>
  version ?? (approved.length > 0 ? [...approved].sort().join(" or ") : "any version");

/** Versions by the name that `nameOf` reads; npm may install several versions of a package. */
export const lockedVersions = (packages: readonly LockedPackage[]) => byId(packages, ({ version }) => version);

function byId(packages: readonly LockedPackage[], pick: (entry: LockedPackage) => string): Map<string, string> {
  const texts = new Map<string, string>();
  for (const entry of packages) {
    const [id, text] = [idOf(entry), pick(entry)];
    const before = texts.get(id);
    texts.set(id, before === undefined || before === text ? text : `${before} and ${text}`);
  }
  return texts;
}

const idOf = ({ stage, manager, name }: LockedPackage) => `${stage ?? ""} ${manager}\t${name}`;

/** Packages that differ only in their stage are different. */
export const nameOf = (id: string) => id.slice(id.indexOf("\t") + 1);

const reason = (code: Reason["code"], detail: string): Reason => ({ code, detail, via: [] });
