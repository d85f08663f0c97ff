import type { Catalogue } from "../model/catalogue.js";
import type { Desired } from "../model/desired.js";
import { lineOf } from "../model/diagnostic.js";
import type { ImageContents, OwnedPackage, PackageType } from "../model/inventory.js";
import type { ImageName } from "../model/names.js";
import { kindOf, normalName } from "../model/package-types.js";

/** One package in one image. */
export interface PackageUse {
  readonly type: PackageType;
  readonly name: string;
  readonly version: string;
  /** As the package states it, else as the approved list does; empty: neither does. */
  readonly license: string;
  readonly image: ImageName;
  readonly broughtBy: OwnedPackage["broughtBy"];
}

/** All packages of all images, sorted by type, name, version and image; the same package at two places of an image is one. */
export function packageUses(contents: Iterable<ImageContents>, catalogue: Catalogue): readonly PackageUse[] {
  const uses = new Map<string, PackageUse>();
  const approved = licensesOf(catalogue);
  for (const { image, packages } of contents)
    for (const entry of packages) {
      const { type, name, version, broughtBy } = entry;
      const license = approved.get(approvedKey(entry)) ?? entry.license ?? "";
      const id = [type, name, version, image].join("\0");
      if (!uses.has(id)) uses.set(id, { type, name, version, license, image, broughtBy });
    }
  // The separator sorts before any character of a name, so keys sort as their parts do.
  return [...uses].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, use]) => use);
}

const approvedKey = ({ kind, type, name }: Pick<OwnedPackage, "kind" | "type" | "name">) =>
  `${kind} ${normalName(type, name)}`;

function licensesOf({ systemLists, runtimeLists }: Catalogue): ReadonlyMap<string, string> {
  const licenses = new Map<string, string>();
  for (const [kind, lists] of [["system", systemLists] as const, ["runtime", runtimeLists] as const])
    for (const { name, license } of [...lists.values()].flatMap(({ packages }) => [...packages.values()]))
      if (license !== undefined)
        licenses.set(`${kind} ${name}`, license).set(`${kind} ${normalName("pypi", name)}`, license);
  return licenses;
}

export interface PackageVersions {
  readonly type: PackageType;
  readonly name: string;
  /** Sorted as text. */
  readonly versions: readonly {
    readonly version: string;
    readonly license: string;
    readonly images: readonly ImageName[];
  }[];
}

export function versionsOf(uses: readonly PackageUse[]): readonly PackageVersions[] {
  return [...groupBy(uses, ({ type, name }) => `${type} ${name}`).values()].map((same) => ({
    type: same[0].type,
    name: same[0].name,
    versions: [...groupBy(same, ({ version }) => version)].map(([version, of]) => ({
      version,
      license: of[0].license,
      images: of.map(({ image }) => image),
    })),
  }));
}

export interface LicenseUse {
  /** Empty: it is not stated. */
  readonly license: string;
  readonly packages: readonly {
    readonly type: PackageType;
    readonly name: string;
    readonly versions: readonly string[];
  }[];
  /** Sorted. */
  readonly images: readonly ImageName[];
}

/** Packages by licence; those without one come first, because they need attention. */
export function licensesUsed(uses: readonly PackageUse[]): readonly LicenseUse[] {
  const groups = [...groupBy(uses, ({ license }) => license)].sort(([a], [b]) => (a < b ? -1 : 1));
  return groups.map(([license, of]) => ({
    license,
    packages: versionsOf(of).map(({ type, name, versions }) => ({
      type,
      name,
      versions: versions.map(({ version }) => version),
    })),
    images: [...new Set(of.map(({ image }) => image))].sort(),
  }));
}

/** An entry of an approved list that is in no image. */
export interface UnusedPackage {
  readonly kind: "system" | "runtime";
  /** The operating system or language. */
  readonly scope: string;
  readonly name: string;
  /** `file:line` of the entry. */
  readonly at: string;
}

/** Approved packages that no image contains and no definition requests, build stages included. */
export function unusedPackages(
  uses: readonly PackageUse[],
  { catalogue, desired }: { readonly catalogue: Catalogue; readonly desired: Desired },
): readonly UnusedPackage[] {
  const used = new Set(uses.map(({ type, name }) => approvedKey({ kind: kindOf(type), type, name })));
  for (const { recipe } of desired.images.values())
    for (const { kind, name, manager } of recipe.packages)
      used.add(`${kind} ${normalName(manager === "pip" ? "pypi" : "npm", name.replace(/\[.*/, ""))}`);
  const lists = [["system", catalogue.systemLists] as const, ["runtime", catalogue.runtimeLists] as const];
  return lists.flatMap(([kind, byScope]) =>
    [...byScope.values()].flatMap(({ scope, packages }) =>
      [...packages.values()].flatMap(({ name, source, pointer }): UnusedPackage[] => {
        const isUsed = used.has(`${kind} ${name}`) || used.has(`${kind} ${normalName("pypi", name)}`);
        return isUsed ? [] : [{ kind, scope, name, at: lineOf(source.at(pointer)) }];
      }),
    ),
  );
}

/** Groups in the order of their first members. */
function groupBy<T>(all: readonly T[], key: (one: T) => string): ReadonlyMap<string, readonly [T, ...T[]]> {
  const groups = new Map<string, [T, ...T[]]>();
  for (const one of all) {
    const group = groups.get(key(one));
    if (group) group.push(one);
    else groups.set(key(one), [one]);
  }
  return groups;
}
