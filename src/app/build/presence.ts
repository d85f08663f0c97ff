import { join } from "node:path";
import type { Digest } from "../../model/names.js";
import type { Buildah } from "../../run/buildah.js";
import { cleanUp, PRESENCE } from "../../run/clean-up.js";
import type { StateDirectory } from "../../run/state-directory.js";
import { acquireMutex, type Mutex, tryMutex } from "../../system/mutex.js";

/**
 * Marks this run as present in the state directory with a shared mutex. A run that finds itself alone first removes what killed
 * runs left behind.
 */
export async function enterState(state: StateDirectory, buildah: Buildah, signal: AbortSignal): Promise<Mutex> {
  await cleanUpAlone(state, buildah, signal);
  return acquireMutex(join(state.locks, PRESENCE), signal, "shared");
}

/** Removes leftovers where no other run is present; does nothing otherwise. */
export async function cleanUpAlone(
  state: StateDirectory,
  buildah: Buildah,
  signal: AbortSignal,
  unfinished: ReadonlySet<Digest> = new Set(),
): Promise<void> {
  const alone = await tryMutex(join(state.locks, PRESENCE), signal);
  if (alone === undefined) return;
  await cleanUp(buildah, state, unfinished);
  await alone.release();
}
