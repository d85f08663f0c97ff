import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Inventory } from "../../model/inventory.js";
import type { Digest, Platform } from "../../model/names.js";

/** Raised with every change of what is read out of an image or of how it is written down. */
const FORMAT = 1;

/**
 * Under what an inventory is kept: by the ID of an image, or by what an external image is pinned to, so that nobody has to pull
 * it to learn its ID. Either stands for the same content for ever.
 */
export type InventoryKey = string & { readonly __brand: "InventoryKey" };

export const imageInventoryKey = (imageId: Digest) => imageId.slice("sha256:".length) as InventoryKey;

/** `reference`: pinned by digest, maybe of an index of several platforms. */
export function externalInventoryKey(reference: string, platform: Platform): InventoryKey {
  const digest = reference.slice(reference.lastIndexOf(":") + 1);
  return `${digest}-${platform.replaceAll("/", "-")}` as InventoryKey;
}

const directoryIn = (state: string) => join(state, "cache", "inventory");

/** What was found in an image when somebody looked; undefined: nobody did. */
export async function cachedInventory(state: string, key: InventoryKey): Promise<Inventory | undefined> {
  try {
    const { format, ...inventory } = JSON.parse(await readFile(join(directoryIn(state), `${key}.json`), "utf8"));
    return format === FORMAT && Array.isArray(inventory.packages) ? (inventory as Inventory) : undefined;
  } catch {
    return undefined;
  }
}

/** That it cannot be kept only costs time. */
export async function cacheInventory(state: string, key: InventoryKey, inventory: Inventory): Promise<void> {
  const file = join(directoryIn(state), `${key}.json`);
  const temporary = `${file}.${process.pid}`;
  try {
    await mkdir(directoryIn(state), { recursive: true });
    await writeFile(temporary, JSON.stringify({ format: FORMAT, ...inventory }));
    await rename(temporary, file);
  } catch {
    // Next time somebody looks again.
  }
}

/** What is kept, or else what somebody finds who looks now. */
export async function inventoryOf(
  state: string,
  key: InventoryKey,
  look: () => Promise<Inventory>,
): Promise<Inventory> {
  const kept = await cachedInventory(state, key);
  if (kept !== undefined) return kept;
  const inventory = await look();
  await cacheInventory(state, key, inventory);
  return inventory;
}
