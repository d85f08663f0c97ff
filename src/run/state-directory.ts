import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { makeDirectory } from "../system/make-directory.js";

/** Everything that Slipway keeps beside a catalogue. It may be deleted at any time: all of it follows from Git and the registry. */
export interface StateDirectory {
  readonly root: string;
  readonly storage: string;
  /** What package managers keep between questions to base images (ask-image.ts). */
  readonly caches: string;
  readonly logs: string;
  readonly locks: string;
  readonly temporary: string;
}

/** The mutex in a directory that every run which uses it holds, shared, while it builds. */
export const PRESENCE = "presence";

/** Makes `.slipway` in a catalogue, ignored by Git. */
export async function openStateDirectory(root: string, storage: string | undefined): Promise<StateDirectory> {
  const state = {
    root,
    storage: storage ?? join(root, "storage"),
    caches: join(root, "cache", "indexes"),
    logs: join(root, "logs"),
    locks: join(root, "locks"),
    temporary: join(root, "tmp"),
  };
  for (const directory of Object.values(state)) makeDirectory(directory);
  await ignoreState(root);
  return state;
}

/** Makes a state directory that `git add` passes over: whoever writes into it without having opened it calls this before. */
export async function ignoreState(root: string): Promise<void> {
  makeDirectory(root);
  await writeFile(join(root, ".gitignore"), "*\n");
}
