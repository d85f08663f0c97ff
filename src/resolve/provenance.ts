import type { AddedPackage, Inventory, InventoryPackage, PackageType, Why } from "../model/inventory.js";
import { kindOf, normalName } from "../model/package-types.js";
import { identity } from "./owned-packages.js";
import { type PackageIndex, packageIndex } from "./package-index.js";

export interface ProvenanceInput {
  readonly inventory: Inventory;
  /** The inventory of what the image starts from; undefined: nothing. */
  readonly base: Inventory | undefined;
  /** The packages that the definition requests, in every file system that it makes. */
  readonly requested: readonly RequestedName[];
  readonly locked: readonly LockedName[];
  /** Whether the image makes the system itself: packages of every system need no request. */
  readonly makesSystem: boolean;
}

export interface RequestedName {
  /** Left out: inventories do not know the manager's language, so any package of the name is meant. */
  readonly type?: PackageType;
  readonly name: string;
}

export interface LockedName {
  readonly type: PackageType;
  readonly name: string;
  readonly version: string;
}

/** The packages that an image adds to what it starts from, and why each is there. An upgrade is an addition. */
export function addedPackages(input: ProvenanceInput): AddedPackage[] {
  const { inventory, base, makesSystem } = input;
  const before = new Set(base?.packages.map(identity));
  const added = inventory.packages.filter((entry) => entry.ownedBy === undefined && !before.has(identity(entry)));
  if (added.length === 0) return [];
  const index = packageIndex(inventory.packages);
  const requested = new Set(input.requested.flatMap((one) => askedFor(index, one)));
  const locks = new Set(input.locked.map(nameAndVersion));
  const locked = index.all.filter((entry) => locks.has(nameAndVersion(entry)));
  const system = makesSystem
    ? reach(
        index,
        index.all.filter((entry) => entry.system === true),
      )
    : new Set();
  const reached = reach(index, [...requested, ...locked]);
  const along = addUpgrades(index, { added, base, reached });
  const unasked = addUnasked(
    index,
    added.filter((entry) => !reached.has(entry) && !system.has(entry)),
    reached,
  );
  const needs = requirers(index, reached, along);
  const why = (entry: InventoryPackage): Why => {
    if (requested.has(entry)) return { type: "asked" };
    if (system.has(entry)) return { type: "system" };
    if (unasked.has(entry)) return { type: "unasked" };
    const by = needs.get(entry);
    if (by !== undefined) return { type: "needed", by: [...by].sort() };
    return { type: "locked" };
  };
  return added.map((entry) => ({ ...entry, kind: kindOf(entry.type), why: why(entry) }));
}

const nameAndVersion = ({ type, name, version }: LockedName) => `${type} ${normalName(type, name)} ${version}`;

function askedFor(index: PackageIndex, { type, name }: RequestedName): readonly InventoryPackage[] {
  if (type !== undefined) return index.named(type, name);
  return index.all.filter((entry) => kindOf(entry.type) === "runtime" && normalName(entry.type, name) === entry.name);
}

/** These packages and everything that they need, directly or not. */
function reach(index: PackageIndex, roots: Iterable<InventoryPackage>, reached = new Set<InventoryPackage>()) {
  const waiting = [...roots];
  for (let entry = waiting.pop(); entry !== undefined; entry = waiting.pop()) {
    if (reached.has(entry)) continue;
    reached.add(entry);
    waiting.push(...index.needsOf(entry));
  }
  return reached;
}

interface Upgrades {
  readonly added: readonly InventoryPackage[];
  readonly base: Inventory | undefined;
  readonly reached: Set<InventoryPackage>;
}

/**
 * A new version of a system package can bring new versions of others that need exactly that version: no requested package needs
 * them, they need it. So an upgrade of a package of the base is reached through what it needs, if that is new as well.
 */
function addUpgrades(index: PackageIndex, { added, base, reached }: Upgrades): ReadonlySet<InventoryPackage> {
  const names = new Set(base?.packages.map(({ type, name, arch }) => `${type} ${name} ${arch}`));
  const isNew = new Set(added);
  const upgraded = added.filter(
    ({ type, name, arch }) => kindOf(type) === "system" && names.has(`${type} ${name} ${arch}`),
  );
  const along = new Set<InventoryPackage>();
  for (let before = -1; before !== reached.size; ) {
    before = reached.size;
    for (const entry of upgraded) {
      if (reached.has(entry) || !index.needsOf(entry).some((need) => reached.has(need) && isNew.has(need))) continue;
      along.add(entry);
      reach(index, [entry], reached);
    }
  }
  return along;
}

/**
 * Of the packages without a request, those that brought the others: what they need is there because of them. In a circle that
 * nothing leads into, it is the first.
 */
function addUnasked(
  index: PackageIndex,
  rest: readonly InventoryPackage[],
  reached: Set<InventoryPackage>,
): ReadonlySet<InventoryPackage> {
  const needed = new Set(rest.flatMap((entry) => index.needsOf(entry).filter((need) => need !== entry)));
  const roots = new Set<InventoryPackage>();
  for (const entry of [...rest.filter((each) => !needed.has(each)), ...rest]) {
    if (reached.has(entry)) continue;
    roots.add(entry);
    reach(index, [entry], reached);
  }
  return roots;
}

/** By package, the names of the reached ones that need it or that it came along with. */
function requirers(index: PackageIndex, reached: ReadonlySet<InventoryPackage>, along: ReadonlySet<InventoryPackage>) {
  const needs = new Map<InventoryPackage, Set<string>>();
  const add = (entry: InventoryPackage, name: string) => {
    const known = needs.get(entry);
    if (known === undefined) needs.set(entry, new Set([name]));
    else known.add(name);
  };
  for (const entry of reached) for (const need of index.needsOf(entry)) if (need !== entry) add(need, entry.name);
  for (const entry of along) {
    for (const need of index.needsOf(entry)) if (reached.has(need) && need !== entry) add(entry, need.name);
  }
  return needs;
}
