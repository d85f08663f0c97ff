import { mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { readZip } from "../../load/read-zip.js";
import type { PackageListing } from "../../model/attribution.js";
import type { LockedPackage } from "../../model/lock.js";
import type { ListedPackage } from "../../resolve/package-files.js";
import { listPackage } from "../../run/package-listing.js";
import { openPackageStore } from "../../run/package-store.js";
import { StepFailure } from "../../run/runner.js";
import { readCache, writeCache } from "../../system/cache-file.js";
import { makeDirectory } from "../../system/make-directory.js";

/** Raised with every change to what a listing says. */
const FORMAT = "package files 1";

/** Packages that are read at the same time. */
const AT_ONCE = 2;

/**
 * What is in the files of packages, which are in the package store of a state directory. Each file is read once: its listing is
 * kept by its hash. Raises StepFailure.
 */
export async function listPackages(
  state: string,
  closure: readonly LockedPackage[],
  signal: AbortSignal,
): Promise<readonly ListedPackage[]> {
  const listings = new Map<string, Promise<PackageListing | undefined>>();
  const waiting = [...new Map(closure.map((entry) => [entry.sha256, entry])).values()];
  const work = async () => {
    for (let entry = waiting.shift(); entry !== undefined; entry = waiting.shift()) {
      const listing = keptListing(state, entry, signal);
      listings.set(entry.sha256, listing);
      await listing;
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  const listed: ListedPackage[] = [];
  for (const entry of closure) {
    const listing = await listings.get(entry.sha256);
    listed.push({ entry, ...(listing && { listing }) });
  }
  return listed;
}

async function keptListing(state: string, entry: LockedPackage, signal: AbortSignal) {
  const cached = join(state, "cache", "package-files", `${entry.sha256}.json`);
  const kept = await readCache<PackageListing>(cached, FORMAT);
  if (kept !== undefined) return kept;
  const listing = await readPackage(state, entry, signal);
  if (listing !== undefined) await writeCache(cached, FORMAT, listing);
  return listing;
}

async function readPackage(state: string, entry: LockedPackage, signal: AbortSignal) {
  const { name, version, sha256 } = entry;
  makeDirectory(join(state, "tmp"));
  const directory = await mkdtemp(join(state, "tmp", "listing-"));
  try {
    const path = join(directory, "package");
    const store = openPackageStore(join(state, "cache", "packages", "sha256"));
    if (!(await store.take(sha256, path))) throw new Error("it is no longer in the package store");
    return await listPackage({ path, entry, readZip, signal });
  } catch (error) {
    if (signal.aborted) throw new StepFailure("INTERRUPTED", "interrupted");
    const why = error instanceof Error ? error.message : String(error);
    throw new StepFailure("NOT_APPROVED", `cannot read the files of ${name} ${version}: ${why}`);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}
