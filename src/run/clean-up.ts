import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Buildah } from "./buildah.js";
import type { StateDirectory } from "./state-directory.js";

/** The lock file in `locks` that every run holds while it builds. */
export const PRESENCE = "presence";

/**
 * Removes what a run that was killed left behind: working containers, build contexts, lock files. Only for the one run that is
 * alone on its state directory; the caller holds the lock that says so.
 */
export async function cleanUp(buildah: Buildah, { temporary, locks }: StateDirectory): Promise<void> {
  const { stdout } = await buildah.run(["containers", "--quiet"]);
  const containers = stdout.split("\n").filter((line) => line !== "");
  if (containers.length > 0) await buildah.run(["rm", ...containers]);
  for (const entry of await readdir(temporary)) await rm(join(temporary, entry), { recursive: true, force: true });
  // A key is locked by runs that are present only, and there is none.
  for (const entry of await readdir(locks)) if (entry !== PRESENCE) await rm(join(locks, entry), { force: true });
}
