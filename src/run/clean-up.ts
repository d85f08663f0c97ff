import { readdir, readFile, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { TEMPORARY_FILE } from "../system/replace-file.js";
import type { Buildah } from "./buildah.js";
import { isOwnStorage, ownStorage, unwantedImages } from "./kept-images.js";
import { missingFile } from "./missing-files.js";
import { findProgram } from "./probe-programs.js";
import { lastLines, run } from "./process.js";
import { PRESENCE, type StateDirectory } from "./state-directory.js";
import { clearSuspicion, isSuspect, markSuspect } from "./storage-marks.js";
import { removeEmptyStorages, withEmptyStorage } from "./wipe-storage.js";

/**
 * Removes what a killed run has left behind: containers, images that no registry got, build contexts, unfinished files of caches, files
 * of mutexes. Only for a run that is alone in its state directory and storage: the caller holds the mutexes that say so. Returns why the
 * storage cannot be used; undefined: it can.
 */
export async function cleanUp(buildah: Buildah, state: StateDirectory): Promise<string | undefined> {
  const { root, storage, temporary, locks, caches } = state;
  // Whatever has left something here was killed, and Buildah with it.
  if (await mayNeedCleaning(temporary)) await markSuspect(storage);
  await deleteOrphans(temporary);
  await removeEmptyStorages({ storage, runroot: buildah.system.storage.runroot });
  const left = await findLeftovers(buildah, state);
  const damage = left.damage ?? (await cleanStorage(buildah, left));
  for (const entry of await readdir(temporary)) await rm(join(temporary, entry), { recursive: true, force: true });
  for (const entry of await readdir(caches)) await removeOld(join(caches, entry));
  const answers = join(root, "cache", "closures");
  for (const entry of await readdir(answers).catch(() => [])) await removeOld(join(answers, entry));
  await removeUnfinished(root);
  await removeUnfinished(join(root, "cache"), { without: caches });
  // Earlier versions let all builds write there.
  await rm(join(root, "machine"), { recursive: true, force: true });
  // Only runs that are present hold mutexes of keys, and there are none.
  for (const entry of await readdir(locks))
    if (entry !== PRESENCE) await rm(join(locks, entry), { recursive: true, force: true });
  return damage;
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
  /** Containers that an OCI runtime has created for a Buildah that was killed, by their IDs there. */
  readonly orphans: readonly string[];
  /** Why the storage cannot be used; undefined: it can. */
  readonly damage?: string;
}

export async function findLeftovers(
  buildah: Buildah,
  { root, storage, temporary }: StateDirectory,
): Promise<Leftovers> {
  const orphans = (await findOrphans(temporary)).map(({ id }) => id);
  const rest = { directories: await readdir(temporary), orphans };
  const [containers, images] = await Promise.all(LISTS.map((list) => buildah.run(list)));
  if (containers?.exitCode !== 0 || images?.exitCode !== 0) {
    const damage = await storageDamage(buildah);
    return { containers: [], images: [], ...rest, ...(damage === undefined ? {} : { damage }) };
  }
  const all = new Set(words(images.stdout.replaceAll("sha256:", "")));
  if (!isOwnStorage(storage)) {
    // One that others use as well is left alone; one inside the state directory was made by an earlier version.
    const isOthers = !storage.startsWith(`${root}/`) && all.size > 0;
    if (isOthers) return { containers: [], images: [], ...rest };
    await ownStorage(storage, all);
  }
  return { containers: words(containers.stdout), images: await unwantedImages(storage, all), ...rest };
}

const LISTS = [
  ["containers", "--quiet"],
  ["images", "--all", "--quiet", "--no-trunc"],
] as const;

/**
 * Why Buildah cannot use a storage; undefined: it can. Where it cannot use an empty one beside it either, the machine is at fault: a full
 * disk, its settings. A Buildah that was killed says nothing.
 */
async function storageDamage({ system, run: runBuildah }: Buildah): Promise<string | undefined> {
  for (const list of LISTS) {
    const { exitCode, stderr } = await runBuildah(list);
    if (exitCode === 0 || exitCode === undefined) continue;
    const { root, runroot, driver } = system.storage;
    const empty = await withEmptyStorage({ storage: root, runroot }, (places) =>
      run("buildah", ["--root", places.storage, "--runroot", places.runroot, "--storage-driver", driver, ...list]),
    );
    if (empty.exitCode === 0) return lastLines(stderr, 1)[0] ?? `exit code ${exitCode}`;
  }
  return undefined;
}

/** Returns why the storage cannot be used, where a removal, this one or an earlier one, was killed. */
async function cleanStorage(buildah: Buildah, { containers, images }: Leftovers): Promise<string | undefined> {
  const { root } = buildah.system.storage;
  const wasSuspect = isSuspect(root);
  if (images.length > 0) await markSuspect(root);
  let wasKilled = false;
  const remove = async (...args: readonly string[]) => {
    wasKilled ||= (await buildah.run(args)).exitCode === undefined;
  };
  if (containers.length > 0) await remove("rm", ...containers);
  // One at a time: an image on which others are built cannot be removed, and must not keep the rest from going.
  for (const id of images) await remove("rmi", id);
  // Where others remove images as well, what is missing may just be going.
  const isDoubtful = (wasSuspect || wasKilled) && isOwnStorage(root);
  const missing = isDoubtful ? await missingFile(buildah.system) : undefined;
  if (missing !== undefined) return `a removal was killed, and left a part of an image: ${missing} is missing`;
  await clearSuspicion(root);
  return undefined;
}

const words = (text: string) => text.split("\n").filter((line) => line !== "");

/** Of a directory, or of all those below it but one: removes what `replaceFile` had not yet given its name, and damaged files that the package store has put aside. */
async function removeUnfinished(directory: string, below?: { readonly without: string }): Promise<void> {
  for (const entry of await readdir(directory, { withFileTypes: true }).catch(() => [])) {
    const path = join(directory, entry.name);
    if (UNFINISHED.some((pattern) => pattern.test(entry.name))) await rm(path, { recursive: true, force: true });
    else if (below !== undefined && entry.isDirectory() && path !== below.without) await removeUnfinished(path, below);
  }
}

const UNFINISHED = [TEMPORARY_FILE, /\.damaged-[0-9a-f]+$/];

/** Milliseconds after which what was kept of package sources goes: they, or the image that was asked, have probably been replaced. */
const OLD = 14 * 86_400_000;

async function removeOld(directory: string): Promise<void> {
  if (Date.now() - (await stat(directory)).mtimeMs > OLD) await rm(directory, { recursive: true, force: true });
}

/** Whether an OCI runtime has containers of this state directory; where it has none at all, that costs next to nothing to ask. */
export const hasOrphans = async (temporary: string): Promise<boolean> => (await findOrphans(temporary)).length > 0;

async function deleteOrphans(temporary: string): Promise<void> {
  for (const { runtime, id } of await findOrphans(temporary)) await run(runtime, ["delete", "--force", id]);
}

/**
 * A container waits for ever, and keeps its mounts, where the OCI runtime has created it and Buildah was killed before it could start
 * it. It is recognised by its bundle, which lies, or lay, in Buildah's temporary directory.
 */
async function findOrphans(temporary: string): Promise<readonly { readonly runtime: string; readonly id: string }[]> {
  const orphans: { runtime: string; id: string }[] = [];
  for (const name of ["crun", "runc"]) {
    // Where they keep what they know of root's containers (runc(8), crun(1), `--root`).
    const known = await readdir(`/run/${name}`).catch(() => []);
    const runtime = known.length === 0 ? undefined : findProgram(name);
    if (runtime === undefined) continue;
    const all = await runtimeContainers(runtime);
    orphans.push(...all.filter(({ bundle }) => bundle.startsWith(`${temporary}/`)).map(({ id }) => ({ runtime, id })));
  }
  return orphans;
}

/** How many times an OCI runtime is asked: its list fails where another container ends meanwhile. */
const ATTEMPTS = 5;

/** The containers of an OCI runtime, with their bundles. */
export async function runtimeContainers(
  runtime: string,
): Promise<readonly { readonly id: string; readonly bundle: string }[]> {
  for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
    const { exitCode, stdout } = await run(runtime, ["list", "--format", "json"]);
    if (exitCode === 0) return JSON.parse(stdout) ?? [];
  }
  return [];
}
