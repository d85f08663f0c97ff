import type { ApprovedList, Catalogue } from "../model/catalogue.js";
import type { RequestedPackage } from "../model/definition.js";
import type { Source } from "../model/diagnostic.js";
import type { Graph } from "../model/graph.js";
import { type PackageSyntax, versionMatches } from "../model/package-syntax.js";
import type { BasePin, CataloguePins, PackagePins, Pin, ScopePins, UpdateSettings } from "../model/update.js";

export type SyntaxOf = (kind: PackageSyntax["kind"], scope: string) => PackageSyntax | undefined;

/** Finds every digest and exact version of a catalogue, except versions for which there is no package manager. */
export function updatePins(catalogue: Catalogue, graph: Graph, syntaxOf: SyntaxOf): CataloguePins {
  const { updates } = catalogue.settings;
  const requests = requestsByScope(graph);
  const scopes = (["system", "runtime"] as const).flatMap((kind) => {
    const lists = kind === "system" ? catalogue.systemLists : catalogue.runtimeLists;
    return [...lists.values()].flatMap((list): ScopePins[] => {
      const syntax = syntaxOf(kind, list.scope);
      if (syntax === undefined) return [];
      const packages = packagePins(list, requests[kind].get(list.scope) ?? [], { syntax, updates });
      return packages.length === 0 ? [] : [{ scope: list.scope, syntax, packages }];
    });
  });
  return { bases: basePins(catalogue), scopes };
}

function basePins({ bases, settings }: Catalogue): BasePin[] {
  return [...bases.values()]
    .filter(({ ref }) => !ref.includes("@"))
    .map(({ ref, digest, pinned, source, pointer }) => {
      const group = groupOf(ref, "bases", { updates: settings.updates });
      const day = pinned === undefined ? {} : { pinned: { source, pointer: `${pointer}/pinned`, current: pinned } };
      return { group, ref, source, pointer: `${pointer}/digest`, current: digest, ...day };
    });
}

interface Request extends RequestedPackage {
  readonly source: Source;
}

function requestsByScope({ nodes }: Graph): Record<PackageSyntax["kind"], Map<string, Request[]>> {
  const scopes = { system: new Map<string, Request[]>(), runtime: new Map<string, Request[]>() };
  const add = (kind: PackageSyntax["kind"], scope: string | undefined, requests: readonly Request[]) => {
    if (scope !== undefined) scopes[kind].set(scope, [...(scopes[kind].get(scope) ?? []), ...requests]);
  };
  const seen = new Set<string>();
  // A module belongs to many images, and a definition with a matrix is many images, but each place counts once.
  const isNew = ({ source, pointer }: Request) => {
    const place = `${source.file} ${pointer}`;
    const known = seen.has(place);
    seen.add(place);
    return !known && !source.isComputed?.(`${pointer}/version`);
  };
  for (const { bodies, os, language } of [...nodes.values()].flatMap(({ stages }) => stages)) {
    for (const { source, systemPackages, runtimePackages } of bodies) {
      const placed = (requests: readonly RequestedPackage[]) =>
        requests.map((request) => ({ ...request, source })).filter(isNew);
      add("system", os, placed(systemPackages));
      add("runtime", language, placed(runtimePackages));
    }
  }
  return scopes;
}

interface Surroundings {
  readonly syntax: PackageSyntax;
  readonly updates: UpdateSettings;
}

function packagePins(list: ApprovedList, requests: readonly Request[], { syntax, updates }: Surroundings) {
  const isExact = (version: string) => !version.includes("*") && syntax.versionPattern.test(version);
  const requested = new Map<string, Pin[]>();
  for (const { name, version, pointer, source } of requests) {
    if (version === undefined || !isExact(version)) continue;
    const key = syntax.normalise(name);
    requested.set(key, [...(requested.get(key) ?? []), { source, pointer: `${pointer}/version`, current: version }]);
  }
  return [...list.packages.values()].flatMap(({ name, versions, source, pointer }): PackagePins[] => {
    const key = syntax.normalise(name);
    const pins = requested.get(key) ?? [];
    const listed = versions.every(isExact)
      ? versions.map((current, index) => ({ source, pointer: `${pointer}/versions/${index}`, current }))
      : [];
    if (!syntax.namePattern.test(name) || listed.length + pins.length === 0) return [];
    return [
      { group: groupOf(key, list.scope, { syntax, updates }), name, approved: versions, listed, requested: pins },
    ];
  });
}

/** The settings' group of a name, or the one for names in no group. It becomes part of a branch's name. */
function groupOf(name: string, otherwise: string, { syntax, updates }: Partial<Surroundings>): string {
  const matches = (pattern: string) => versionMatches(syntax?.normalise(pattern) ?? pattern, name);
  const group = [...(updates?.groups ?? [])].find(([, patterns]) => patterns.some(matches));
  return group?.[0] ?? (otherwise.replace(/[^a-z0-9]+/g, "-").replace(/^-|-$/g, "") || "other");
}
