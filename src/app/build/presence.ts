import { join } from "node:path";
import { PRESENCE, type StateDirectory } from "../../run/state-directory.js";
import { acquireMutex, type Mutex, tryMutex } from "../../system/mutex.js";

/** The mark of a run that uses a state directory and a storage. While it is there, nobody removes anything that others may use. */
export interface Presence {
  /** No other run is present, and none can come until `share`. */
  readonly isAlone: boolean;
  /** Lets others in. */
  share(): Promise<void>;
  leave(): Promise<void>;
}

/** Several state directories can share a storage, and the other way round. */
const placesOf = ({ locks, storage }: StateDirectory) => [locks, storage].map((directory) => join(directory, PRESENCE));

/** Marks this run as present, after those that are alone have let others in. */
export async function enter(state: StateDirectory, signal: AbortSignal): Promise<Presence> {
  const alone = await enterAlone(state, signal);
  if (alone !== undefined) return alone;
  const mutexes: Mutex[] = [];
  for (const path of placesOf(state)) mutexes.push(await acquireMutex(path, signal, "shared"));
  return presence(mutexes, false);
}

/** undefined: another run is present. */
export async function enterAlone(state: StateDirectory, signal: AbortSignal): Promise<Presence | undefined> {
  const mutexes: Mutex[] = [];
  for (const path of placesOf(state)) {
    const mutex = await tryMutex(path, signal);
    if (mutex === undefined) {
      await presence(mutexes, false).leave();
      return undefined;
    }
    mutexes.push(mutex);
  }
  return presence(mutexes, true);
}

const presence = (mutexes: readonly Mutex[], isAlone: boolean): Presence => ({
  isAlone,
  share: async () => {
    for (const mutex of mutexes) await mutex.share();
  },
  leave: async () => {
    for (const mutex of mutexes) await mutex.release();
  },
});
