import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { BuildResult } from "../model/plan.js";
import { replaceFile } from "../system/replace-file.js";

const FILE = join("cache", "durations.json");

/** Keeps how long each image took to build, in seconds, for estimates. Failing to write the file is not an error. */
export async function saveDurations(
  state: string,
  results: readonly BuildResult[],
  isKnown: (image: string) => boolean,
): Promise<void> {
  const built = results.filter(({ outcome }) => outcome === "built");
  if (built.length === 0) return;
  const kept = [...(await readDurations(state))].filter(([image]) => isKnown(image));
  const durations = new Map([...kept, ...built.map(({ image, seconds }) => [image, seconds] as const)]);
  await replaceFile(join(state, FILE), `${JSON.stringify(Object.fromEntries(durations))}\n`).catch(() => {});
}

/** Seconds by image; empty where the file is missing or broken. */
export async function readDurations(state: string): Promise<Map<string, number>> {
  try {
    const entries = Object.entries(JSON.parse(await readFile(join(state, FILE), "utf8")) as object);
    return new Map(
      entries.filter((entry): entry is [string, number] => Number.isFinite(entry[1]) && (entry[1] as number) > 0),
    );
  } catch {
    return new Map();
  }
}
