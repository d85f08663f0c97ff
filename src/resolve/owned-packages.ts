import {
  type AddedPackage,
  EXTERNAL,
  type Inventory,
  type InventoryPackage,
  type OwnedPackage,
} from "../model/inventory.js";
import type { ImageName } from "../model/names.js";
import { kindOf } from "../model/package-types.js";

export interface OwnedInput {
  readonly image: ImageName;
  readonly inventory: Inventory;
  /** The packages that the image adds. */
  readonly added: readonly AddedPackage[];
  /** The packages of the image that it starts from. */
  readonly below: readonly OwnedPackage[];
}

/** All packages in an image, each with the image of the chain that brought it. */
export function ownedPackages({ image, inventory, added, below }: OwnedInput): OwnedPackage[] {
  const known = new Map<string, OwnedPackage>(below.map((entry) => [identity(entry), entry]));
  const own = new Map(added.map((entry) => [identity(entry), entry]));
  return inventory.packages.map((entry): OwnedPackage => {
    const before = known.get(identity(entry));
    const { kind, why } = before ?? own.get(identity(entry)) ?? partOf(entry);
    return { ...entry, kind, why, broughtBy: before?.broughtBy ?? image };
  });
}

/** A package inside a system package came with it. */
const partOf = ({ type, ownedBy }: InventoryPackage): Pick<OwnedPackage, "kind" | "why"> => ({
  kind: kindOf(type),
  why: { type: "needed", by: ownedBy === undefined ? [] : [ownedBy] },
});

/** Packages of an external base: the system that the whole chain is built on. */
export const packagesOfBase = ({ packages }: Inventory): OwnedPackage[] =>
  packages.map((entry) => ({ ...entry, kind: kindOf(entry.type), why: { type: "system" }, broughtBy: EXTERNAL }));

/** Equal for entries of two inventories that are the same package. */
export const identity = ({ type, name, version, place, arch }: InventoryPackage) =>
  [type, name, version, place, arch].join("\n");
