import { readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import type { Digest } from "../model/names.js";
import type { Buildah } from "./buildah.js";
import { bareId } from "./images.js";
import { run } from "./process.js";
import type { StateDirectory } from "./state-directory.js";

/** The mutex in `locks` that every run holds, shared, while it builds. */
export const PRESENCE = "presence";

/**
 * Removes what a killed run has left behind (containers, build contexts, files of mutexes) and images that are no longer needed.
 * Only for a run that is alone in its state directory: the caller holds the mutex that says so.
 */
export async function cleanUp(
  buildah: Buildah,
  { root, temporary, locks, caches }: StateDirectory,
  unfinished: ReadonlySet<Digest> = new Set(),
): Promise<void> {
  await deleteOrphans(buildah, temporary);
  const { stdout } = await buildah.run(["containers", "--quiet"]);
  const containers = stdout.split("\n").filter((line) => line !== "");
  if (containers.length > 0) await buildah.run(["rm", ...containers]);
  // One at a time: an image on which others are built cannot be removed, and must not keep the rest from going.
  for (const imageId of unfinished) await buildah.run(["rmi", bareId(imageId)]);
  for (const entry of await readdir(temporary)) await rm(join(temporary, entry), { recursive: true, force: true });
  for (const entry of await readdir(caches)) await removeOld(join(caches, entry));
  const answers = join(root, "cache", "closures");
  for (const entry of await readdir(answers).catch(() => [])) await removeOld(join(answers, entry));
  // Earlier versions let all builds write there.
  await rm(join(root, "machine"), { recursive: true, force: true });
  // Only runs that are present hold mutexes of keys, and there are none.
  for (const entry of await readdir(locks)) if (entry !== PRESENCE) await rm(join(locks, entry), { force: true });
}

/** Milliseconds after which what was kept of package sources goes: they, or the image that was asked, have probably been replaced. */
const OLD = 14 * 86_400_000;

async function removeOld(directory: string): Promise<void> {
  if (Date.now() - (await stat(directory)).mtimeMs > OLD) await rm(directory, { recursive: true, force: true });
}

/**
 * A container waits for ever, and keeps its mounts, where the OCI runtime has created it and Buildah was killed before it could start
 * it. It is recognised by its bundle, which lies in Buildah's temporary directory.
 */
async function deleteOrphans({ system: { runtime } }: Buildah, temporary: string): Promise<void> {
  if (runtime === undefined) return;
  const { exitCode, stdout } = await run(runtime, ["list", "--format", "json"]);
  if (exitCode !== 0) return;
  const containers = (JSON.parse(stdout) ?? []) as readonly { readonly id: string; readonly bundle: string }[];
  for (const { id, bundle } of containers) {
    if (bundle.startsWith(`${temporary}/`)) await run(runtime, ["delete", "--force", id]);
  }
}
