import type { Catalogue, ListedPackage } from "../model/catalogue.js";
import type { Body } from "../model/definition.js";
import type { Place } from "../model/diagnostic.js";
import type { ImageNode, Stage } from "../model/graph.js";
import type { AddedPackage } from "../model/inventory.js";
import type { Managers, PackageSyntax } from "../model/package-syntax.js";
import { TYPE_OF_MANAGER } from "../model/package-types.js";
import type { PackagePattern } from "../model/policies.js";
import { wildcardMatches } from "../model/wildcard.js";

/** The place of packages: an image or one of its build stages. */
export interface PackageHome {
  readonly catalogue: Catalogue;
  readonly node: ImageNode;
  readonly stage?: Stage;
  readonly managers: Managers;
}

type Named = Pick<AddedPackage, "kind" | "name" | "type">;

/** The build stage, or the image itself. */
export const stageOf = ({ stage, node }: Pick<PackageHome, "stage" | "node">): Stage =>
  stage ?? (node.stages.at(-1) as Stage);

/**
 * The operating system or language of a package: an image of one language may hold packages of another, where the same name means
 * another package.
 */
export function scopeOf({ kind, type }: Pick<Named, "kind" | "type">, home: PackageHome): string | undefined {
  const { os, language } = stageOf(home);
  if (kind === "system") return os;
  const isOf = (scope: string) => (TYPE_OF_MANAGER[home.managers.find(kind, scope)?.name ?? ""] ?? type) === type;
  if (language !== undefined && isOf(language)) return language;
  return home.managers.scopes(kind).find(isOf);
}

export const syntaxOf = (found: Pick<Named, "kind" | "type">, home: PackageHome): PackageSyntax | undefined =>
  home.managers.find(found.kind, scopeOf(found, home));

/** Gives the form of a package's name in which two spellings are equal. */
function normaliserOf(found: Pick<Named, "kind" | "type">, home: PackageHome): (name: string) => string {
  const syntax = syntaxOf(found, home);
  return (name) => syntax?.normalise(name) ?? name;
}

/** The entry of the approved lists for a package; undefined: there is none. */
export function approvedEntry(found: Named, home: PackageHome): ListedPackage | undefined {
  const { systemLists, runtimeLists } = home.catalogue;
  const list = (found.kind === "system" ? systemLists : runtimeLists).get(scopeOf(found, home) ?? "");
  const exact = list?.packages.get(found.name);
  if (exact !== undefined || list === undefined) return exact;
  const normalise = normaliserOf(found, home);
  return [...list.packages.values()].find((entry) => normalise(entry.name) === normalise(found.name));
}

/** Whether a pattern of a policy matches a package. `*` remains `*` in every manager's normal form. */
export function isMeant(pattern: PackagePattern, found: Named, home: PackageHome): boolean {
  if (pattern.kind !== found.kind || pattern.scope !== scopeOf(found, home)) return false;
  const normalise = normaliserOf(found, home);
  return wildcardMatches(normalise(pattern.name), normalise(found.name));
}

/** How a package came in, as the end of a sentence; empty: nothing needs to be said. */
export function howItCame({ why }: AddedPackage): string {
  switch (why.type) {
    case "needed":
      return why.by.length === 0 ? "; another package needs it" : `; ${why.by.slice(0, 3).join(", ")} needs it`;
    case "system":
      return "; it is part of the system";
    case "unasked":
      return "; nothing requests it";
    default:
      return "";
  }
}

/**
 * The place to report a package at: the line that requests it or what needs it; else the package manifest, or what the image is
 * made from.
 */
export function packagePlace(
  found: AddedPackage,
  home: PackageHome & { readonly added: readonly AddedPackage[] },
): Place {
  const { definition } = home.node;
  if (found.why.type === "unasked") return definition.source.at(`${definition.pointer}/setup`, "key");
  const requestPlace = askedFor(found, home);
  if (requestPlace !== undefined) return requestPlace;
  const { bodies, base } = stageOf(home);
  const own = bodies[bodies.length - 1] as Body;
  const manifest = found.kind === "runtime" ? bodies.find((body) => body.runtimeManifest !== undefined) : undefined;
  if (manifest?.runtimeManifest) return manifest.source.at(manifest.runtimeManifest.pointer);
  return own.source.at(`${own.pointer}/${base.type === "bootstrap" ? "bootstrap" : "name"}`);
}

/** The place of the request for a package, or of the nearest one that needs it. */
function askedFor(found: AddedPackage, home: PackageHome & { readonly added: readonly AddedPackage[] }) {
  const seen = new Set([found.name]);
  // Iterating over a set includes what is added meanwhile.
  for (const name of seen) {
    const place = requestOf(name, home);
    if (place !== undefined) return place;
    for (const { why } of home.added.filter((other) => other.name === name))
      if (why.type === "needed") for (const other of why.by) seen.add(other);
  }
  return undefined;
}

function requestOf(name: string, home: PackageHome): Place | undefined {
  for (const kind of ["system", "runtime"] as const) {
    const scope = kind === "system" ? stageOf(home).os : stageOf(home).language;
    const normalise = home.managers.find(kind, scope)?.normalise ?? ((text: string) => text);
    for (const { systemPackages, runtimePackages, source } of stageOf(home).bodies) {
      const requests = kind === "system" ? systemPackages : runtimePackages;
      const request = requests.find((each) => normalise(each.name) === normalise(name));
      if (request !== undefined) return source.at(request.pointer);
    }
  }
  const { origin, source, pointer } = home.node.definition;
  const bootstrapped = origin.type === "bootstrap" ? origin.bootstrap.packages.indexOf(name) : -1;
  return bootstrapped < 0 ? undefined : source.at(`${pointer}/bootstrap/packages/${bootstrapped}`);
}
