import { readdir, readFile, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { TEMPORARY_FILE } from "../system/replace-file.js";
import type { Buildah } from "./buildah.js";
import { unwantedImages } from "./kept-images.js";
import { findProgram } from "./probe-programs.js";
import { lastLines, run } from "./process.js";
import type { StateDirectory } from "./state-directory.js";

/** The mutex in a directory that every run which uses it holds, shared, while it builds. */
export const PRESENCE = "presence";

/**
 * Removes what a killed run has left behind: containers, images that no registry got, build contexts, unfinished files of caches, files
 * of mutexes. Only for a run that is alone in its state directory and storage: the caller holds the mutexes that say so. Returns why the
 * storage cannot be used; undefined: it can.
 */
export async function cleanUp(buildah: Buildah, state: StateDirectory): Promise<string | undefined> {
  const { root, temporary, locks, caches } = state;
  await deleteOrphans(temporary);
  const left = await findLeftovers(buildah, state);
  if (left.damage === undefined) await cleanStorage(buildah, left);
  for (const entry of await readdir(temporary)) await rm(join(temporary, entry), { recursive: true, force: true });
  for (const entry of await readdir(caches)) await removeOld(join(caches, entry));
  const answers = join(root, "cache", "closures");
  for (const entry of await readdir(answers).catch(() => [])) await removeOld(join(answers, entry));
  await removeUnfinished(root, [state.storage, caches, locks, temporary]);
  // Earlier versions let all builds write there.
  await rm(join(root, "machine"), { recursive: true, force: true });
  // Only runs that are present hold mutexes of keys, and there are none.
  for (const entry of await readdir(locks))
    if (entry !== PRESENCE) await rm(join(locks, entry), { recursive: true, force: true });
  return left.damage;
}

/** Whether a run that was killed has left something in a state directory, or another one is going on. It costs next to nothing to ask. */
export async function mayNeedCleaning(temporary: string): Promise<boolean> {
  return (await readdir(temporary).catch(() => [])).length > 0;
}

/** Whether there are working containers: those of other runs, or what is left of a Buildah that was killed. */
export async function hasContainers({ system: { storage } }: Buildah): Promise<boolean> {
  const file = join(storage.root, `${storage.driver}-containers`, "containers.json");
  return /\{/.test(await readFile(file, "utf8").catch(() => ""));
}

/** What killed runs have left behind, as far as no other run is present. */
export interface Leftovers {
  /** Working containers of Buildah, by ID. */
  readonly containers: readonly string[];
  /** Images that no registry got, by ID. */
  readonly images: readonly string[];
  /** Build contexts and other directories of runs. */
  readonly directories: readonly string[];
  /** Why the storage cannot be used; undefined: it can. */
  readonly damage?: string;
}

export async function findLeftovers(buildah: Buildah, { storage, temporary }: StateDirectory): Promise<Leftovers> {
  const directories = await readdir(temporary);
  const containers = await buildah.run(["containers", "--quiet"]);
  const images = await buildah.run(["images", "--all", "--quiet", "--no-trunc"]);
  const broken = [containers, images].find(({ exitCode }) => exitCode !== 0);
  if (broken !== undefined) {
    const damage = lastLines(broken.stderr, 1)[0] ?? `exit code ${broken.exitCode}`;
    return { containers: [], images: [], directories, damage };
  }
  const unwanted = await unwantedImages(storage, new Set(words(images.stdout.replaceAll("sha256:", ""))));
  return { containers: words(containers.stdout), images: unwanted, directories };
}

async function cleanStorage(buildah: Buildah, { containers, images }: Leftovers): Promise<void> {
  if (containers.length > 0) await buildah.run(["rm", ...containers]);
  // One at a time: an image on which others are built cannot be removed, and must not keep the rest from going.
  for (const id of images) await buildah.run(["rmi", id]);
}

const words = (text: string) => text.split("\n").filter((line) => line !== "");

/** Removes what `replaceFile` had not yet given its name, and damaged files that the package store has put aside. */
async function removeUnfinished(directory: string, others: readonly string[]): Promise<void> {
  for (const entry of await readdir(directory, { withFileTypes: true })) {
    const path = join(directory, entry.name);
    if (entry.isDirectory() && !others.includes(path)) await removeUnfinished(path, others);
    else if (UNFINISHED.some((pattern) => pattern.test(entry.name))) await rm(path, { recursive: true, force: true });
  }
}

const UNFINISHED = [TEMPORARY_FILE, /\.damaged-[0-9a-f]+$/];

/** Milliseconds after which what was kept of package sources goes: they, or the image that was asked, have probably been replaced. */
const OLD = 14 * 86_400_000;

async function removeOld(directory: string): Promise<void> {
  if (Date.now() - (await stat(directory)).mtimeMs > OLD) await rm(directory, { recursive: true, force: true });
}

/**
 * A container waits for ever, and keeps its mounts, where the OCI runtime has created it and Buildah was killed before it could start
 * it. It is recognised by its bundle, which lies in Buildah's temporary directory.
 */
async function deleteOrphans(temporary: string): Promise<void> {
  if ((await readdir(temporary)).length === 0) return;
  for (const name of ["crun", "runc"]) {
    const runtime = findProgram(name);
    if (runtime === undefined) continue;
    const { exitCode, stdout } = await run(runtime, ["list", "--format", "json"]);
    if (exitCode !== 0) continue;
    for (const { id, bundle } of containersIn(stdout))
      if (bundle.startsWith(`${temporary}/`)) await run(runtime, ["delete", "--force", id]);
  }
}

function containersIn(text: string): readonly { readonly id: string; readonly bundle: string }[] {
  try {
    return JSON.parse(text) ?? [];
  } catch {
    // Another one was starting or ending.
    return [];
  }
}
