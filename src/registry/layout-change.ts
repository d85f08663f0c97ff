import { rename } from "node:fs/promises";
import { join } from "node:path";
import { RegistryError } from "../model/registry.js";
import { writeDurably } from "../system/replace-file.js";
import { indexEntry, refName } from "./layout-index.js";
import type { StagedBlob } from "./layout-push.js";
import type { LayoutStore } from "./layout-store.js";
import { type Descriptor, isSameDescriptor } from "./manifest.js";

/** Turns errors such as a full disk or a read-only directory into RegistryError: they are not bugs. */
export async function changing<T>(
  store: LayoutStore,
  { what, signal }: { readonly what: string; readonly signal: AbortSignal },
  action: () => Promise<T>,
): Promise<T> {
  try {
    signal.throwIfAborted();
    return await action();
  } catch (error) {
    if (error instanceof RegistryError || signal.aborted) throw error;
    const why = error instanceof Error ? error.message : String(error);
    throw new RegistryError(`Could not ${what} in ${store.directory}: ${why}`, { cause: error });
  }
}

/** Writes a blob into a staging directory. */
export async function stageBlob(directory: string, blob: Descriptor, bytes: Uint8Array): Promise<StagedBlob> {
  const { mediaType, digest, size } = blob;
  const path = join(directory, digest.slice("sha256:".length));
  await writeDurably(path, bytes);
  return { mediaType, digest, size, path };
}

/** Moves the blobs that a layout lacks into it, also in the place of damaged ones. Only under its mutex. */
export async function addBlobs(store: LayoutStore, files: readonly StagedBlob[]): Promise<void> {
  await store.initialise();
  let isChanged = false;
  for (const blob of new Map(files.map((file) => [file.digest, file])).values()) {
    if (await store.isWhole(blob)) continue;
    await rename(blob.path, store.blob(blob.digest));
    store.trust(blob.digest);
    isChanged = true;
  }
  if (isChanged) await store.syncBlobs();
}

/** Points every name to one manifest, in one write, or in none where nothing changes. Only under the mutex. */
export async function setEntries(store: LayoutStore, manifest: Descriptor, names: readonly string[]): Promise<void> {
  const before = store.readEntries();
  const current = (ref: string) => before.filter((entry) => refName(entry) === ref);
  if (names.every((ref) => current(ref).length === 1 && isSameDescriptor(current(ref)[0], manifest))) return;
  const others = before.filter((entry) => !names.includes(refName(entry) ?? ""));
  await store.writeEntries([...others, ...names.map((ref) => indexEntry(manifest, ref))]);
}
