import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Inventory } from "./model/inventory.js";
import type { Digest } from "./model/names.js";

/** Raised with every change of what is read out of an image or of how it is written down. */
const FORMAT = 1;

const directoryIn = (state: string) => join(state, "cache", "inventory");

const fileIn = (state: string, imageId: Digest) => join(directoryIn(state), `${imageId.slice("sha256:".length)}.json`);

/** What was found in an image when somebody looked; an image ID stands for the same content for ever. undefined: nobody did. */
export async function keptInventory(state: string, imageId: Digest): Promise<Inventory | undefined> {
  try {
    const { format, ...inventory } = JSON.parse(await readFile(fileIn(state, imageId), "utf8"));
    return format === FORMAT && Array.isArray(inventory.packages) ? (inventory as Inventory) : undefined;
  } catch {
    return undefined;
  }
}

/** That it cannot be kept only costs time. */
export async function keepInventory(state: string, imageId: Digest, inventory: Inventory): Promise<void> {
  const temporary = `${fileIn(state, imageId)}.${process.pid}`;
  try {
    await mkdir(directoryIn(state), { recursive: true });
    await writeFile(temporary, JSON.stringify({ format: FORMAT, ...inventory }));
    await rename(temporary, fileIn(state, imageId));
  } catch {
    // Next time somebody looks again.
  }
}
