import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Inventory } from "../../model/inventory.js";
import type { Digest, Platform } from "../../model/names.js";
import { replaceFile } from "../../system/replace-file.js";

/** Raised with every change to what is read out of an image or to how it is stored. */
const FORMAT = 1;

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

const directoryIn = (state: string) => join(state, "cache", "inventory");

/** The inventory that an earlier scan of an image gave; undefined: there was none. */
export async function cachedInventory(state: string, key: InventoryKey): Promise<Inventory | undefined> {
  try {
    const { format, ...inventory } = JSON.parse(await readFile(join(directoryIn(state), `${key}.json`), "utf8"));
    return format === FORMAT && Array.isArray(inventory.packages) ? (inventory as Inventory) : undefined;
  } catch {
    return undefined;
  }
}

/** Keeps an inventory for later runs. Where it cannot be written, that only costs time. */
export async function cacheInventory(state: string, key: InventoryKey, inventory: Inventory): Promise<void> {
  try {
    await replaceFile(join(directoryIn(state), `${key}.json`), JSON.stringify({ format: FORMAT, ...inventory }));
  } catch {
    // The next run scans the image again.
  }
}

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
