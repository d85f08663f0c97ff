import { join } from "node:path";
import type { BuildResult } from "../model/plan.js";
import { readCache, writeCache } from "../system/cache-file.js";

const FILE = join("cache", "durations.json");
const FORMAT = "durations 1";

/** Keeps how long each image took to build, in seconds, for estimates. */
export async function saveDurations(
  state: string,
  results: readonly BuildResult[],
  isKnown: (image: string) => boolean,
): Promise<void> {
  const built = results.filter(({ outcome }) => outcome === "built");
  if (built.length === 0) return;
  const kept = [...(await readDurations(state))].filter(([image]) => isKnown(image));
  const durations = new Map([...kept, ...built.map(({ image, seconds }) => [image, seconds] as const)]);
  await writeCache(join(state, FILE), FORMAT, Object.fromEntries(durations));
}

/** Seconds by image; empty where none are kept. */
export async function readDurations(state: string): Promise<Map<string, number>> {
  return new Map(Object.entries((await readCache<Record<string, number>>(join(state, FILE), FORMAT)) ?? {}));
}
