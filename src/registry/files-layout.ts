import { createHash, randomBytes } from "node:crypto";
import { createReadStream } from "node:fs";
import { copyFile, open, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Digest } from "../model/names.js";
import { RegistryError, type StoredFile } from "../model/registry.js";
import { makeDirectory } from "../system/make-directory.js";
import { withMutex } from "../system/mutex.js";
import { digestTag, EMPTY_BYTES, EMPTY_CONFIG, FILES, fileArtifact, layerOf } from "./artifact.js";
import { addBlobs, changing, setEntries, stageBlob } from "./layout-change.js";
import type { StagedBlob } from "./layout-push.js";
import { withStaging } from "./layout-staging.js";
import type { LayoutStore } from "./layout-store.js";

const refOf = (sha256: string) => `${FILES}:${digestTag(`sha256:${sha256}` as Digest)}`;

/** Whether the file is there and has its hash. */
export async function isInLayout(store: LayoutStore, sha256: string): Promise<boolean> {
  const entry = store.entries().get(refOf(sha256));
  const manifest = entry && store.read(entry.digest);
  const layer = manifest && layerOf(manifest);
  return layer !== undefined && layer.digest === `sha256:${sha256}` && store.isWhole(layer);
}

export async function storeInLayout(
  store: LayoutStore,
  file: StoredFile,
  signal: AbortSignal,
): Promise<"stored" | "present"> {
  return changing(store, { what: `store ${file.name}`, signal }, async () => {
    store.check();
    if (await isInLayout(store, file.sha256)) return "present";
    makeDirectory(store.directory);
    await withStaging(store, signal, async (staging) => {
      const copy = await stageFile(staging, file, signal);
      const manifest = fileArtifact(file, copy.size);
      const files = [
        copy,
        await stageBlob(staging, EMPTY_CONFIG, EMPTY_BYTES),
        await stageBlob(staging, manifest, manifest.bytes),
      ];
      await withMutex(store.lockFile, signal, async () => {
        await addBlobs(store, files);
        await setEntries(store, manifest, [refOf(file.sha256)]);
      });
    });
    return "stored";
  });
}

/** Copies, so that a change of the file does not change the registry. */
export async function fetchFromLayout(
  store: LayoutStore,
  { sha256, to }: { readonly sha256: string; readonly to: string },
  signal: AbortSignal,
): Promise<boolean> {
  if (!(await isInLayout(store, sha256))) return false;
  const part = `${to}.${randomBytes(6).toString("hex")}`;
  return changing(store, { what: `read the file ${sha256}`, signal }, async () => {
    try {
      await copyFile(store.blob(`sha256:${sha256}` as Digest), part);
      await rename(part, to);
      return true;
    } finally {
      await rm(part, { force: true });
    }
  });
}

/** Copies a file and hashes it on the way: nothing else would notice wrong bytes in a layout. */
async function stageFile(
  staging: string,
  { path, sha256, name }: StoredFile,
  signal: AbortSignal,
): Promise<StagedBlob> {
  const to = join(staging, sha256);
  const hash = createHash("sha256");
  let size = 0;
  const file = await open(to, "w");
  try {
    for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20, signal })) {
      hash.update(chunk);
      size += chunk.length;
      await file.write(chunk);
    }
    await file.sync();
  } finally {
    await file.close();
  }
  const actual = hash.digest("hex");
  if (actual !== sha256) throw new RegistryError(`${name} has the sha256 ${actual}, not ${sha256}: it is not stored.`);
  return { mediaType: "application/octet-stream", digest: `sha256:${sha256}` as Digest, size, path: to };
}
