import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Buildah } from "./buildah.js";

/**
 * Removes what a run that was killed left behind: working containers and build contexts. Only for the one run that is
 * alone on its state directory; the caller holds the lock that says so.
 */
export async function cleanUp(buildah: Buildah, temporary: string): Promise<void> {
  const { stdout } = await buildah.run(["containers", "--quiet"]);
  const containers = stdout.split("\n").filter((line) => line !== "");
  if (containers.length > 0) await buildah.run(["rm", ...containers]);
  for (const entry of await readdir(temporary)) await rm(join(temporary, entry), { recursive: true, force: true });
}
