import { randomBytes } from "node:crypto";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { type Context, stateRoot } from "../../context.js";
import { CommandError, EXIT } from "../../exit.js";
import type { Lock, LockedPackage } from "../../model/lock.js";
import type { ImageName } from "../../model/names.js";
import type { SearchableFileStore } from "../../model/registry.js";
import { openPackageStore, type PackageStore } from "../../run/package-store.js";
import { makeDirectory } from "../../system/make-directory.js";
import { imageNamed, loadChecked } from "../catalogue/catalogue.js";
import { openNamed, type RegistryOptions, registryReference } from "../plan/plan.js";

/** A file of slipway.lock with the images that install it. */
export interface VendoredFile extends Pick<LockedPackage, "manager" | "name" | "version" | "file" | "size" | "sha256"> {
  readonly images: readonly ImageName[];
}

/** What happened to each file; every list is sorted by file name. */
export interface VendorOutcome {
  readonly stored: readonly VendoredFile[];
  /** Files that the registry already had. */
  readonly present: readonly VendoredFile[];
  /** Files that neither the registry nor this machine has. */
  readonly missing: readonly VendoredFile[];
}

export interface VendorDeps {
  readonly registry: SearchableFileStore;
  readonly packages: Pick<PackageStore, "take">;
  /** An existing directory for files in transfer. */
  readonly temporary: string;
  readonly signal: AbortSignal;
  /** Fetches files from upstream into the package store, skipping those that upstream does not have. */
  readonly fetch?: (files: readonly VendoredFile[]) => Promise<void>;
}

/** The number of files in transfer at a time. */
const CONCURRENCY = 4;

/** Stores the packages in slipway.lock of these images, or of all, in the registry. */
export async function vendor(
  context: Context,
  options: RegistryOptions,
  names: readonly string[],
): Promise<VendorOutcome & { readonly registry: string }> {
  const loaded = await loadChecked(context);
  const { lock, settings } = loaded.catalogue;
  if (lock === undefined) throw new CommandError(EXIT.usage, "there is no slipway.lock", "slipway lock writes it");
  const images = names.map((name) => imageNamed(loaded, name).node.name);
  const open = images.find((name) => lock.find(name) === undefined);
  if (open !== undefined)
    throw new CommandError(EXIT.usage, `${open} is not in slipway.lock`, `slipway lock ${open} adds it`);
  const state = stateRoot(context);
  const temporary = join(state, "tmp", `vendor-${randomBytes(6).toString("hex")}`);
  const registry = registryReference(settings, options);
  makeDirectory(temporary);
  try {
    const deps = {
      registry: openNamed(context, registry, options),
      packages: openPackageStore(join(state, "cache", "packages", "sha256")),
      temporary,
      signal: context.signal,
    };
    return { registry, ...(await vendorFiles(deps, filesToVendor(lock, images))) };
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

/** The files of these images, or of all: each once, sorted by name. */
export function filesToVendor(lock: Lock, images: readonly ImageName[]): VendoredFile[] {
  const files = new Map<string, VendoredFile>();
  for (const image of images.length === 0 ? lock.names : images) {
    for (const { manager, name, version, file, size, sha256 } of lock.find(image)?.packages ?? []) {
      const users = files.get(sha256)?.images ?? [];
      if (users.includes(image)) continue;
      files.set(sha256, { manager, name, version, file, size, sha256, images: [...users, image] });
    }
  }
  return [...files.values()].sort(byName);
}

/** Stores files in the registry; fetches those that this machine lacks where `fetch` is given. */
export async function vendorFiles(deps: VendorDeps, files: readonly VendoredFile[]): Promise<VendorOutcome> {
  const first = await storeFiles(deps, files);
  if (first.missing.length === 0 || deps.fetch === undefined) return first;
  await deps.fetch(first.missing);
  const second = await storeFiles(deps, first.missing);
  return {
    stored: [...first.stored, ...second.stored].sort(byName),
    present: [...first.present, ...second.present].sort(byName),
    missing: second.missing,
  };
}

async function storeFiles(deps: VendorDeps, files: readonly VendoredFile[]): Promise<VendorOutcome> {
  const outcomes = new Map<VendoredFile, keyof VendorOutcome>();
  const queue = [...files];
  const work = async () => {
    for (let file = queue.shift(); file !== undefined; file = queue.shift()) {
      deps.signal.throwIfAborted();
      outcomes.set(file, await vendorFile(deps, file));
    }
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, work));
  const all = (outcome: keyof VendorOutcome) => files.filter((file) => outcomes.get(file) === outcome);
  return { stored: all("stored"), present: all("present"), missing: all("missing") };
}

async function vendorFile(deps: VendorDeps, { sha256, file: name }: VendoredFile): Promise<keyof VendorOutcome> {
  const { registry, packages, temporary, signal } = deps;
  if (await registry.hasFile(sha256, signal)) return "present";
  const path = join(temporary, sha256);
  try {
    if (!(await packages.take(sha256, path))) return "missing";
    return await registry.storeFile({ path, sha256, name }, signal);
  } finally {
    await rm(path, { force: true });
  }
}

const byName = (a: VendoredFile, b: VendoredFile) => compare(a.file, b.file) || compare(a.sha256, b.sha256);
const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
