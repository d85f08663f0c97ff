import { mkdtemp, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { firstOf } from "../../model/cut.js";
import type { LockedPackage, LockManager } from "../../model/lock.js";
import type { FileStore } from "../../model/registry.js";
import { fetchedFile } from "../../packages/fetch-commands.js";
import type { PackageStore } from "../../run/package-store.js";
import { type BuildJob, StepFailure } from "../../run/runner.js";
import { hashFile } from "../../system/hash-file.js";

/** The places that the files of locked packages come from, in this order. */
export interface PackageSources {
  readonly store: Pick<PackageStore, "add" | "take">;
  /** The registry that `slipway vendor` fills; undefined: there is none. */
  readonly files?: Pick<FileStore, "fetchFile"> | undefined;
  /** The package manager itself, run in the root that the packages are installed into; it leaves the files in a directory. */
  readonly upstream: (group: PackageGroup, directory: string, job: BuildJob) => Promise<void>;
  /** Lets one run fetch at a time. Each first checks whether another one has fetched a file, so that it is fetched only once. */
  readonly withMutex: <T>(name: string, signal: AbortSignal, action: () => Promise<T>) => Promise<T>;
  /** A directory of this run. */
  readonly temporary: string;
}

/** Packages that one manager installs in one place. */
export interface PackageGroup {
  readonly manager: LockManager;
  /** The build stage; undefined: the image itself. */
  readonly stage: string | undefined;
  /** Whether a bootstrap makes its operating system of them. */
  readonly bootstrap: boolean;
  readonly packages: readonly LockedPackage[];
}

/**
 * Puts the file of each package at the path that `pathOf` gives. Raises StepFailure, and RegistryError where the registry fails.
 */
export async function takeLockedPackages(
  sources: PackageSources,
  group: PackageGroup,
  pathOf: (entry: LockedPackage) => string,
  job: BuildJob,
): Promise<void> {
  const take = async (entries: readonly LockedPackage[]) => {
    const missing: LockedPackage[] = [];
    for (const entry of entries) {
      if (!(await sources.store.take(entry.sha256, pathOf(entry)))) missing.push(entry);
    }
    return missing;
  };
  const missing = await take(group.packages);
  if (missing.length === 0) return;
  await sources.withMutex("packages", job.signal, async () => {
    const packages = await take(missing);
    if (packages.length === 0) return;
    const directory = await mkdtemp(join(sources.temporary, "packages-"));
    try {
      const remaining = await fetchFromRegistry(sources, packages, directory, job);
      if (remaining.length > 0) await fetchFromUpstream(sources, { ...group, packages: remaining }, directory, job);
      const [lost] = await take(packages);
      if (lost) throw new Error(`${lost.file} was stored and is not there`);
    } finally {
      await rm(directory, { recursive: true, force: true });
    }
  });
}

/** Returns the packages that the registry does not have. */
async function fetchFromRegistry(
  { files, store }: PackageSources,
  packages: readonly LockedPackage[],
  directory: string,
  { signal }: BuildJob,
): Promise<LockedPackage[]> {
  if (files === undefined) return [...packages];
  const remaining: LockedPackage[] = [];
  for (const entry of packages) {
    const path = join(directory, entry.sha256);
    if (await files.fetchFile(entry.sha256, path, signal)) await admit(store, entry, path, "the registry");
    else remaining.push(entry);
  }
  return remaining;
}

async function fetchFromUpstream(
  { upstream, store }: PackageSources,
  group: PackageGroup,
  directory: string,
  job: BuildJob,
): Promise<void> {
  const fresh = await mkdtemp(join(directory, "upstream-"));
  await upstream(group, fresh, job).catch((error: unknown) => {
    if (!(error instanceof StepFailure) || error.code !== "NO_ANSWER") throw error;
    const what = `cannot fetch ${shown(group.packages)} by ${group.manager}: ${error.message}`;
    throw new StepFailure("DOWNLOAD_FAILED", what, error.tail);
  });
  const files = await readdir(fresh);
  const gone: LockedPackage[] = [];
  for (const entry of group.packages) {
    const file = files.includes(entry.file) ? entry.file : fetchedFile(entry, files);
    if (file === undefined) gone.push(entry);
    else await admit(store, entry, join(fresh, file), group.manager);
  }
  if (gone.length > 0) throw goneFailure(group.manager, gone);
}

/** Adds a file to the store. Nothing enters it under a hash that it does not have. */
async function admit(store: PackageSources["store"], entry: LockedPackage, path: string, from: string): Promise<void> {
  const { sha256 } = await hashFile(path);
  if (sha256 === entry.sha256) {
    await store.add(path, sha256);
    return;
  }
  throw new StepFailure(
    "HASH_MISMATCH",
    `${entry.name} ${entry.version} of ${from} has the sha256 ${sha256}, slipway.lock says ${entry.sha256}; ` +
      `if that is right, \`slipway lock --update ${entry.name}\` accepts it`,
  );
}

/** At most this many packages are named. */
const SHOWN = 5;

const shown = (packages: readonly LockedPackage[]) =>
  firstOf(
    packages.map(({ name, version }) => `${name} ${version}`),
    SHOWN,
  );

function goneFailure(manager: LockManager, gone: readonly LockedPackage[]): StepFailure {
  const names = gone.slice(0, SHOWN).map(({ name }) => name);
  return new StepFailure(
    "PACKAGE_GONE",
    `${manager} no longer has ${shown(gone)}: \`slipway lock --update ${names.join(" ")}\` locks what it has now; ` +
      "or run `slipway vendor` on a machine that still has the files to keep them in the registry",
  );
}
