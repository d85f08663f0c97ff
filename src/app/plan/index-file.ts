import { join } from "node:path";
import { ignoreState } from "../../run/state-directory.js";
import { readCache, writeCache } from "../../system/cache-file.js";
import type { CatalogueIndex } from "./catalogue-index.js";

/** Raised with every change to what an index holds or to the rules by which a catalogue is sound. */
const FORMAT = "catalogue index 8";

const fileIn = (state: string) => join(state, "cache", "catalogue-index.json");

/** The index that was saved last; undefined: there is none, or it cannot be used. */
export async function readIndex(state: string): Promise<CatalogueIndex | undefined> {
  return readCache<CatalogueIndex>(fileIn(state), FORMAT);
}

/** Saves an index. Where it cannot be written (a read-only checkout), that only costs time. */
export async function writeIndex(state: string, index: CatalogueIndex): Promise<void> {
  try {
    await ignoreState(state);
  } catch {
    return;
  }
  await writeCache(fileIn(state), FORMAT, index);
}
