import type { PackageType } from "../../model/inventory.js";
import { byApk } from "./apk.js";
import { byDebian } from "./debian.js";
import { byGem } from "./gem.js";
import { byMaven } from "./maven.js";
import type { Order } from "./order.js";
import { byPep440 } from "./pep440.js";
import { byRpm } from "./rpm.js";
import { byNuget, bySemver } from "./semantic.js";

const ORDERS: Readonly<Record<PackageType, Order>> = {
  deb: byDebian,
  rpm: byRpm,
  apk: byApk,
  pypi: byPep440,
  npm: bySemver,
  golang: bySemver,
  maven: byMaven,
  gem: byGem,
  nuget: byNuget,
};

/** Longer than any real version; the rest of a text does not count, so that hostile text costs no time. */
const MAX_LENGTH = 1000;

/**
 * Compares two versions as the package managers of this type do: below zero, `a` is the earlier one. Any text has a place in the
 * order; it never throws.
 */
export function compareVersions(type: PackageType, a: string, b: string): number {
  return a === b ? 0 : ORDERS[type](a.slice(0, MAX_LENGTH), b.slice(0, MAX_LENGTH));
}
