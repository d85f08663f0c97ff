import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { ignoreState } from "../../run/state-directory.js";
import { replaceFile } from "../../system/replace-file.js";
import type { CatalogueIndex } from "./catalogue-index.js";

/** Raised with every change to what an index holds or to the rules by which a catalogue is sound. */
const FORMAT = "slipway-index-7";

const fileIn = (state: string) => join(state, "cache", "catalogue-index.json");

/** The index that was saved last; undefined: there is none, or it cannot be used. */
export async function readIndex(state: string): Promise<CatalogueIndex | undefined> {
  try {
    const { format, ...index } = JSON.parse(await readFile(fileIn(state), "utf8")) as CatalogueIndex & {
      format: string;
    };
    return format === FORMAT && /^[0-9a-f]{40,64}$/.test(index.commit) ? index : undefined;
  } catch {
    return undefined;
  }
}

/** Saves an index. Where it cannot be written (a read-only checkout), that only costs time. */
export async function writeIndex(state: string, index: CatalogueIndex): Promise<void> {
  try {
    await ignoreState(state);
    await replaceFile(fileIn(state), JSON.stringify({ format: FORMAT, ...index }));
  } catch {
    // The next plan makes it again.
  }
}
