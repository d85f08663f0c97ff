import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { BuildFailure, BuildResult } from "../model/plan.js";
import { replaceFile } from "../system/replace-file.js";

export interface LastFailure {
  readonly key: string | null;
  readonly error: BuildFailure;
}

const FILE = "last-results.json";

/** Keeps each image's last failure for `status`; a success clears it. Failing to write the file is not an error. */
export async function saveResults(state: string, results: readonly BuildResult[]): Promise<void> {
  const failures = await readFailures(state);
  for (const { image, key, outcome, error } of results) {
    if (outcome === "failed" && error && error.code !== "INTERRUPTED") failures.set(image, { key, error });
    else if (outcome !== "skipped" && outcome !== "failed") failures.delete(image);
  }
  await replaceFile(join(state, FILE), `${JSON.stringify(Object.fromEntries(failures))}\n`).catch(() => {});
}

/** The last failures by image; empty where none were kept. */
export async function readFailures(state: string): Promise<Map<string, LastFailure>> {
  try {
    return new Map(
      Object.entries(JSON.parse(await readFile(join(state, FILE), "utf8")) as Record<string, LastFailure>),
    );
  } catch {
    return new Map();
  }
}
