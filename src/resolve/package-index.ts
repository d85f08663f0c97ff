import type { InventoryPackage, PackageType } from "../model/inventory.js";
import { normalName } from "../model/package-types.js";

export interface PackageIndex {
  readonly all: readonly InventoryPackage[];
  /** The packages of a name; if there is none, those that provide it. */
  named(type: PackageType, name: string): readonly InventoryPackage[];
  /** The packages that satisfy what one needs. */
  needsOf(entry: InventoryPackage): readonly InventoryPackage[];
}

export function packageIndex(all: readonly InventoryPackage[]): PackageIndex {
  const named = new Map<string, InventoryPackage[]>();
  const provided = new Map<string, InventoryPackage[]>();
  const places = new Map<string, InventoryPackage>();
  const add = (to: Map<string, InventoryPackage[]>, key: string, entry: InventoryPackage) => {
    const known = to.get(key);
    if (known === undefined) to.set(key, [entry]);
    else known.push(entry);
  };
  for (const entry of all) {
    add(named, `${entry.type} ${normalName(entry.type, entry.name)}`, entry);
    for (const name of entry.provides) add(provided, `${entry.type} ${name}`, entry);
    if (entry.type === "npm") places.set(entry.place, entry);
  }
  const byName = (type: PackageType, name: string): readonly InventoryPackage[] => {
    const key = `${type} ${normalName(type, name)}`;
    return named.get(key) ?? provided.get(key) ?? [];
  };
  const find = (entry: InventoryPackage, name: string): readonly InventoryPackage[] => {
    const near = entry.type === "npm" ? nodeLookup(entry.place, name).find((place) => places.has(place)) : undefined;
    if (near !== undefined) return [places.get(near) as InventoryPackage];
    return byName(entry.type, name);
  };
  const known = new Map<InventoryPackage, readonly InventoryPackage[]>();
  const needsOf = (entry: InventoryPackage) => {
    const needs = known.get(entry) ?? entry.requires.flatMap((names) => firstOf(names, (name) => find(entry, name)));
    known.set(entry, needs);
    return needs;
  };
  return { all, named: byName, needsOf };
}

/** Managers take the first alternative that exists. */
function firstOf(names: readonly string[], find: (name: string) => readonly InventoryPackage[]) {
  for (const name of names) {
    const matches = find(name);
    if (matches.length > 0) return matches;
  }
  return [];
}

/** The places where Node.js looks for a package from inside another one, in order (nodejs.org/api/modules.html). */
function nodeLookup(place: string, name: string): string[] {
  const places: string[] = [];
  const parts = place.split("/");
  for (let length = parts.length; length > 0; length--) {
    if (parts[length - 1] !== "node_modules") places.push([...parts.slice(0, length), "node_modules", name].join("/"));
  }
  return places;
}
