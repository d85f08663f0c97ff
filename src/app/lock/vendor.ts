import { randomBytes } from "node:crypto";
import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { type Context, stateRoot } from "../../context.js";
import { CommandError, EXIT } from "../../exit.js";
import type { Lock, LockedPackage } from "../../model/lock.js";
import type { ImageName } from "../../model/names.js";
import type { SearchableFileStore } from "../../model/registry.js";
import { openPackageStore, type PackageStore } from "../../run/package-store.js";
import { imageNamed, loadChecked } from "../catalogue/catalogue.js";
import { openNamed, type RegistryOptions, registryReference } from "../plan/plan.js";

/** A file of slipway.lock with the images that install it. */
export interface VendoredFile extends Pick<LockedPackage, "manager" | "name" | "version" | "file" | "size" | "sha256"> {
  readonly images: readonly ImageName[];
}

/** What became of each file; every list is sorted by file name. */
export interface VendorOutcome {
  readonly stored: readonly VendoredFile[];
  /** The registry had them already. */
  readonly present: readonly VendoredFile[];
  /** Neither the registry nor this machine has them. */
  readonly missing: readonly VendoredFile[];
}

export interface VendorDeps {
  readonly registry: SearchableFileStore;
  readonly packages: Pick<PackageStore, "take">;
  /** An existing directory for files on their way. */
  readonly temporary: string;
  readonly signal: AbortSignal;
  /** Brings files from where they come from into the package store; what cannot be had is left out. */
  readonly fetch?: (files: readonly VendoredFile[]) => Promise<void>;
}

/** Files on their way at a time. */
const AT_ONCE = 4;

/** Stores the packages of slipway.lock in the registry: of these images, or of all. */
export async function vendor(
  context: Context,
  options: RegistryOptions,
  names: readonly string[],
): Promise<VendorOutcome & { readonly registry: string }> {
  const loaded = await loadChecked(context);
  const { lock, settings } = loaded.catalogue;
  if (lock === undefined) throw new CommandError(EXIT.usage, "there is no slipway.lock", "slipway lock writes it");
  const wanted = names.map((name) => imageNamed(loaded, name).node.name);
  const open = wanted.find((name) => lock.find(name) === undefined);
  if (open !== undefined)
    throw new CommandError(EXIT.usage, `${open} is not in slipway.lock`, "slipway lock writes what it installs");
  const state = stateRoot(context);
  const temporary = join(state, "tmp", `vendor-${randomBytes(6).toString("hex")}`);
  const registry = registryReference(settings, options);
  await mkdir(temporary, { recursive: true });
  try {
    const deps = {
      registry: openNamed(context, registry, options),
      packages: openPackageStore(join(state, "cache", "packages", "sha256")),
      temporary,
      signal: context.signal,
    };
    return { registry, ...(await vendorFiles(deps, filesToVendor(lock, wanted))) };
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

/** The files of these images, or of all, each once, sorted by name. */
export function filesToVendor(lock: Lock, wanted: readonly ImageName[]): VendoredFile[] {
  const files = new Map<string, VendoredFile>();
  for (const image of wanted.length === 0 ? lock.names : wanted) {
    for (const { manager, name, version, file, size, sha256 } of lock.find(image)?.packages ?? []) {
      const images = files.get(sha256)?.images ?? [];
      if (images.includes(image)) continue;
      files.set(sha256, { manager, name, version, file, size, sha256, images: [...images, image] });
    }
  }
  return [...files.values()].sort(byName);
}

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
  const waiting = [...files];
  const work = async () => {
    for (let file = waiting.shift(); file !== undefined; file = waiting.shift()) {
      deps.signal.throwIfAborted();
      outcomes.set(file, await vendorFile(deps, file));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
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
