import type { DesiredImage } from "../model/desired.js";
import type { AddedPackage, ImageContents, OwnedPackage, PackageType, Why } from "../model/inventory.js";
import type { LockedPackage } from "../model/lock.js";
import type { ImageName } from "../model/names.js";
import { kindOf, normalName, TYPE_OF_MANAGER } from "../model/package-types.js";
import { startingPoint } from "./starting-point.js";

const ONE_VERSION: ReadonlySet<PackageType> = new Set<PackageType>(["deb", "rpm", "apk", "pypi"]);

/**
 * The contents of an image by slipway.lock: its own packages, and those of the image that it starts from, which must be in `known`.
 * No lockfile has the packages of an external base, so an image on one is unknown, as are images that are not in the lockfile, and
 * those that start from unknown images. What is known about them is included all the same.
 */
export function lockedContents(
  { node, recipe }: DesiredImage,
  known: ReadonlyMap<ImageName, ImageContents>,
): ImageContents {
  const { base, stages } = startingPoint(node);
  const below = base.type === "image" ? known.get(base.image) : undefined;
  const isKnown = recipe.locked !== undefined && base.type !== "external" && (below?.from ?? "lock") !== "unknown";
  const own = (recipe.locked?.packages ?? [])
    .filter(({ stage }) => stages.has(stage))
    .map((entry) => ({
      ...addedFromLock(entry),
      broughtBy: node.name,
    }));
  // An upgrade replaces the parent's version, except for languages that keep several versions.
  const replaced = new Set(own.filter(({ type }) => ONE_VERSION.has(type)).map(({ type, name }) => `${type} ${name}`));
  const inherited = (below?.packages ?? []).filter(({ type, name }) => !replaced.has(`${type} ${name}`));
  return { image: node.name, from: isKnown ? "lock" : "unknown", packages: [...inherited, ...own].sort(byName) };
}

/** A locked package in the form that rules about contents read. */
export function addedFromLock(entry: LockedPackage): AddedPackage {
  const type = TYPE_OF_MANAGER[entry.manager];
  if (type === undefined) throw new Error(`no type of package for ${entry.manager}`);
  const { version, arch, license, source } = entry;
  return {
    type,
    kind: kindOf(type),
    name: normalName(type, entry.name),
    version,
    ...(arch === undefined ? {} : { arch }),
    ...(source === undefined ? {} : { source: sourceOf(source, version) }),
    ...(license === undefined ? {} : { license }),
    place: "slipway.lock",
    requires: [],
    provides: [],
    why: whyOf(entry),
  };
}

const whyOf = ({ why, bootstrap }: LockedPackage): Why => {
  if (why.length > 0) return { type: "needed", by: why };
  return { type: bootstrap ? "system" : "asked" };
};

/** Reads `postgresql-15 15.18-0`, with or without parentheses around the version; without a version, the package's own. */
function sourceOf(text: string, version: string): { readonly name: string; readonly version: string } {
  const [name = text, own] = text.replace(/[()]/g, "").split(/\s+/);
  return { name, version: own ?? version };
}

/** The order of an inventory. */
const byName = (a: OwnedPackage, b: OwnedPackage) =>
  compare(a.type, b.type) || compare(a.name, b.name) || compare(a.version, b.version) || compare(a.place, b.place);

const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
