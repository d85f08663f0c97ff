import { join } from "node:path";
import type { Digest, ImageName } from "../model/names.js";
import type { ImageRecord } from "../model/plan.js";
import {
  type Attachment,
  type ClaimStore,
  type LocalImage,
  type Published,
  type PublishedDetails,
  type PullReference,
  RegistryError,
  type RunBuildah,
  type SizedRegistry,
  type StoredFile,
} from "../model/registry.js";
import { makeDirectory } from "../system/make-directory.js";
import { LayoutClaims } from "./claims-layout.js";
import type { IndexEntry } from "./layout-index.js";
import { LayoutStore, type StoreOptions } from "./layout-store.js";
import { layoutView } from "./layout-view.js";
import { isSameDescriptor, storedLayerBytes } from "./manifest.js";

/**
 * A registry in a directory: one OCI image layout for all images, an entry of index.json for every NAME:TAG.
 *
 * Buildah could push into the layout itself, but it replaces index.json without a lock: of eight pushes at once one
 * entry was left. So Buildah pushes to a staging directory; the blobs are moved and the entry is added under a mutex.
 * Blobs come first and index.json last, by rename: whatever is killed, every entry names a complete image.
 */
export class OciLayout implements SizedRegistry {
  readonly claims: ClaimStore;
  readonly #store: LayoutStore;
  readonly #buildah: RunBuildah;

  /** `directory` is absolute; it is made by the first publish. */
  constructor(directory: string, buildah: RunBuildah, options: StoreOptions = {}) {
    this.#store = new LayoutStore(directory, options);
    this.claims = new LayoutClaims(this.#store);
    this.#buildah = buildah;
  }

  async find(name: ImageName, tag: string): Promise<ImageRecord | undefined> {
    const ref = `${name}:${tag}`;
    const entry = this.#store.entries().get(ref);
    const record = entry && this.#complete(entry);
    if (entry && !record) await this.#report(ref, entry);
    return record;
  }

  async isWhole(name: ImageName, tag: string): Promise<boolean> {
    const ref = `${name}:${tag}`;
    const entry = this.#store.entries().get(ref);
    const manifest = entry && this.#store.manifest(entry);
    if (!entry || !manifest) return false;
    for (const blob of [entry, manifest.config, ...manifest.layers]) {
      if (await this.#store.isWhole(blob)) continue;
      await this.#report(ref, entry);
      return false;
    }
    return true;
  }

  async publish(image: LocalImage, name: ImageName, tag: string, signal: AbortSignal): Promise<Published> {
    const ref = `${name}:${tag}`;
    const store = this.#store;
    const { addBlobs, changing, stagePush, withStaging, setEntries, withMutex } = await writing();
    return changing(store, { what: `publish ${ref}`, signal }, async () => {
      store.check();
      makeDirectory(store.directory);
      const staged = await withStaging(store, signal, async (staging) => {
        const directory = join(staging, "push");
        const link = this.#knownLayers();
        const pushed = await stagePush({ image, directory, buildah: this.#buildah, signal, link });
        await withMutex(store.lockFile, signal, async () => {
          await addBlobs(store, pushed.files);
          await setEntries(store, pushed.entry, [ref]);
        });
        return pushed;
      });
      await store.renew(staged.manifest.layers.map((layer) => layer.digest));
      const { digest } = staged.entry;
      return { imageId: image.imageId, manifestDigest: digest, bytes: storedLayerBytes(staged.manifest) };
    });
  }

  async point(name: ImageName, from: string, tags: readonly string[], signal: AbortSignal): Promise<void> {
    const names = [...new Set(tags.map((tag) => `${name}:${tag}`))];
    const entries = this.#store.entries();
    const source = this.#source(`${name}:${from}`, entries);
    if (names.every((ref) => isSameDescriptor(entries.get(ref), source))) return;
    const { changing, setEntries, withMutex } = await writing();
    const store = this.#store;
    await changing(store, { what: `set tags of ${name}`, signal }, () =>
      withMutex(store.lockFile, signal, () =>
        setEntries(store, this.#source(`${name}:${from}`, store.entries()), names),
      ),
    );
  }

  /** Where the image is there, its view for Buildah (see layout-view.ts), else a reference that any tool can try. */
  reference(name: ImageName, tag: string): PullReference {
    const store = this.#store;
    const entry = store.entries().get(`${name}:${tag}`);
    const manifest = entry && store.manifest(entry);
    if (entry && manifest) {
      try {
        return { reference: `dir:${layoutView(store, entry, manifest)}`, options: [] };
      } catch {
        // The layout is read-only: the reference below works with newer versions of Buildah.
      }
    }
    return { reference: `oci:${store.directory}:${name}:${tag}`, options: [] };
  }

  async unpackedBytes(name: ImageName, tag: string): Promise<number | undefined> {
    const entry = this.#store.entries().get(`${name}:${tag}`);
    const manifest = entry && this.#complete(entry) && this.#store.manifest(entry);
    if (!manifest) return undefined;
    const { isGzip, isPlain, lastFourBytes, sumKnown, unpackedSize } = await import("./gzip-size.js");
    const sizes = manifest.layers.map(async ({ mediaType, digest, size }) => {
      if (isPlain(mediaType)) return size;
      return isGzip(mediaType) ? unpackedSize(await lastFourBytes(this.#store.blob(digest))) : undefined;
    });
    return sumKnown(await Promise.all(sizes));
  }

  async details(name: ImageName, tag: string): Promise<PublishedDetails | undefined> {
    const entry = this.#store.entries().get(`${name}:${tag}`);
    const record = entry && this.#complete(entry);
    const manifest = entry && this.#store.manifest(entry);
    if (!entry || !record || !manifest) return undefined;
    const created = this.#store.writtenAt(entry.digest);
    return { ...record, bytes: storedLayerBytes(manifest), ...(created && { created: created.toISOString() }) };
  }

  async attach(name: ImageName, subject: Digest, attachment: Attachment, signal: AbortSignal): Promise<void> {
    const { attachInLayout } = await import("./attachments-layout.js");
    await attachInLayout(this.#store, { name, subject, attachment }, signal);
  }

  async attachments(name: ImageName, subject: Digest, artifactType: string): Promise<readonly Buffer[]> {
    const { findAttachments } = await import("./attachments-layout.js");
    return findAttachments(this.#store, { name, subject, artifactType });
  }

  async storeFile(file: StoredFile, signal: AbortSignal): Promise<"stored" | "present"> {
    const { storeInLayout } = await import("./files-layout.js");
    return storeInLayout(this.#store, file, signal);
  }

  async fetchFile(sha256: string, to: string, signal: AbortSignal): Promise<boolean> {
    const { fetchFromLayout } = await import("./files-layout.js");
    return fetchFromLayout(this.#store, { sha256, to }, signal);
  }

  async hasFile(sha256: string): Promise<boolean> {
    const { isInLayout } = await import("./files-layout.js");
    return isInLayout(this.#store, sha256);
  }

  #source(ref: string, entries: ReadonlyMap<string, IndexEntry>): IndexEntry {
    const entry = entries.get(ref);
    if (entry !== undefined && this.#complete(entry) !== undefined) return entry;
    throw new RegistryError(`${this.#store.directory} has no complete image ${ref}. Build it again.`);
  }

  async #report(ref: string, entry: IndexEntry): Promise<void> {
    const { damageOf } = await import("./layout-damage.js");
    const damage = damageOf(this.#store, entry);
    if (damage !== undefined) this.#store.report(`${ref} in ${this.#store.directory} counts as missing: ${damage}.`);
  }

  #complete(entry: IndexEntry): ImageRecord | undefined {
    const manifest = this.#store.manifest(entry);
    if (manifest === undefined || ![manifest.config, ...manifest.layers].every((blob) => this.#store.has(blob))) {
      return undefined;
    }
    return { imageId: manifest.config.digest, manifestDigest: entry.digest };
  }

  /** Links layers that need not be pushed: those that are there and have been read. Sizes come from manifests. */
  #knownLayers(): (layer: Digest, path: string) => Promise<void> {
    const store = this.#store;
    const sizes = new Map<Digest, number>();
    for (const entry of store.entries().values()) {
      for (const layer of store.manifest(entry)?.layers ?? []) sizes.set(layer.digest, layer.size);
    }
    return async (digest, path) => {
      const size = sizes.get(digest);
      if (size !== undefined && (await store.isWhole({ digest, size }))) await store.link(digest, path);
    };
  }
}

/** Loads what only changes need: most commands just read, and start times are counted in ms. */
async function writing() {
  const [push, staging, change, lock] = await Promise.all([
    import("./layout-push.js"),
    import("./layout-staging.js"),
    import("./layout-change.js"),
    import("../system/mutex.js"),
  ]);
  return { ...push, ...staging, ...change, ...lock };
}
