import { join } from "node:path";
import type { BuildFailure, BuildResult } from "../model/plan.js";
import { readCache, writeCache } from "../system/cache-file.js";

export interface LastFailure {
  readonly key: string | null;
  readonly error: BuildFailure;
}

const FILE = "last-results.json";
const FORMAT = "last results 1";

/** Keeps each image's last failure for `status`; a success clears it. */
export async function saveResults(state: string, results: readonly BuildResult[]): Promise<void> {
  const failures = await readFailures(state);
  for (const { image, key, outcome, error } of results) {
    if (outcome === "failed" && error && error.code !== "INTERRUPTED") failures.set(image, { key, error });
    else if (outcome !== "skipped" && outcome !== "failed") failures.delete(image);
  }
  await writeCache(join(state, FILE), FORMAT, Object.fromEntries(failures));
}

/** The last failures by image; empty where none were kept. */
export async function readFailures(state: string): Promise<Map<string, LastFailure>> {
  return new Map(Object.entries((await readCache<Record<string, LastFailure>>(join(state, FILE), FORMAT)) ?? {}));
}
