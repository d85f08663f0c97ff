import type { Inventory, InventoryPackage, PackageType } from "../../src/model/inventory.js";

/** A package of an inventory, from `name version` followed by the packages it needs. */
export function installed(type: PackageType, text: string, fields: Partial<InventoryPackage> = {}): InventoryPackage {
  const [name = "", version = "1"] = text.split(" ");
  const place = type === "npm" ? `/usr/local/lib/node_modules/${name}` : `/place/of/${type}`;
  return { type, name, version, place, requires: [], provides: [], ...fields };
}

export const inventoryOf = (...packages: readonly InventoryPackage[]): Inventory => ({ packages });
