import { join } from "node:path";
import type { Inventory } from "../../model/inventory.js";
import type { Digest, Platform } from "../../model/names.js";
import { readCache, writeCache } from "../../system/cache-file.js";

/** Raised with every change to what is read out of an image or to how it is stored. */
const FORMAT = "inventory 1";

/**
 * The key that an inventory is cached under: the ID of an image, or the digest that an external image is pinned to, so that it need
 * not be pulled to learn its ID. Either stands for the same content for ever.
 */
export type InventoryKey = string & { readonly __brand: "InventoryKey" };

export const imageInventoryKey = (imageId: Digest) => imageId.slice("sha256:".length) as InventoryKey;

/** `reference` is pinned by digest, possibly that of an index of several platforms. */
export function externalInventoryKey(reference: string, platform: Platform): InventoryKey {
  const digest = reference.slice(reference.lastIndexOf(":") + 1);
  return `${digest}-${platform.replaceAll("/", "-")}` as InventoryKey;
}

const pathOf = (state: string, key: InventoryKey) => join(state, "cache", "inventory", `${key}.json`);

/** The inventory that an earlier scan of an image gave; undefined: there was none. */
export const cachedInventory = (state: string, key: InventoryKey) => readCache<Inventory>(pathOf(state, key), FORMAT);

/** Keeps an inventory for later runs. */
export const cacheInventory = (state: string, key: InventoryKey, inventory: Inventory) =>
  writeCache(pathOf(state, key), FORMAT, inventory);

/** The cached inventory, or else that of a scan. */
export async function inventoryOf(
  state: string,
  key: InventoryKey,
  scan: () => Promise<Inventory>,
): Promise<Inventory> {
  const cached = await cachedInventory(state, key);
  if (cached !== undefined) return cached;
  const inventory = await scan();
  await cacheInventory(state, key, inventory);
  return inventory;
}
