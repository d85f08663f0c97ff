import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Attribution } from "../../model/attribution.js";
import type { Digest } from "../../model/names.js";
import { replaceFile } from "../../system/replace-file.js";

/** Raised with every change to what an attribution says or to how it is stored. */
const FORMAT = 1;

const pathOf = (state: string, imageId: Digest) =>
  join(state, "cache", "attribution", `${imageId.slice("sha256:".length)}.json`);

/** What made the files of an image that was built on this machine; undefined: it was not, or before Slipway knew. */
async function cachedAttribution(state: string, imageId: Digest): Promise<Attribution | undefined> {
  try {
    return readAttribution(await readFile(pathOf(state, imageId), "utf8"));
  } catch {
    return undefined;
  }
}

/** Keeps an attribution for later runs. */
export const cacheAttribution = (state: string, imageId: Digest, attribution: Attribution): Promise<void> =>
  replaceFile(pathOf(state, imageId), attributionText(attribution));

const attributionText = (attribution: Attribution) => JSON.stringify({ format: FORMAT, ...attribution });

function readAttribution(text: string): Attribution | undefined {
  const { format, ...attribution } = JSON.parse(text);
  return format === FORMAT && Array.isArray(attribution.files) ? (attribution as Attribution) : undefined;
}

/** The attributions of an image and of what it starts from, the nearest first, as far as this machine has them. */
export async function attributionChain(state: string, imageId: Digest | undefined): Promise<readonly Attribution[]> {
  const chain: Attribution[] = [];
  for (let at = imageId; at !== undefined; at = chain.at(-1)?.parent) {
    const attribution = await cachedAttribution(state, at);
    if (attribution === undefined) break;
    chain.push(attribution);
  }
  return chain;
}
