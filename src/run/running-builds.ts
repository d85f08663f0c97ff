import { join } from "node:path";
import type { BuildKey } from "../model/names.js";
import { keyTag } from "../model/tags.js";
import { isMutexHeld } from "../system/mutex.js";

/**
 * Those of some keys that a process on this state directory builds now: it holds the mutex of the key's tag. What cannot be asked
 * counts as idle.
 */
export async function runningBuilds(
  state: string,
  keys: readonly BuildKey[],
  signal: AbortSignal,
): Promise<ReadonlySet<BuildKey>> {
  const running = new Set<BuildKey>();
  for (const key of keys) {
    if (await isMutexHeld(join(state, "locks", keyTag(key)), signal).catch(() => false)) running.add(key);
  }
  return running;
}
