import { mkdir, rename } from "node:fs/promises";
import { join } from "node:path";
import type { Digest, ImageName } from "../model/names.js";
import type { ImageRecord } from "../model/plan.js";
import {
  type LocalImage,
  type Published,
  type PullReference,
  RegistryError,
  type RunBuildah,
  type SizedRegistry,
} from "../model/registry.js";
import { type IndexEntry, indexEntry, refName } from "./layout-index.js";
import type { StagedImage } from "./layout-push.js";
import { LayoutStore } from "./layout-store.js";
import { layoutView } from "./layout-view.js";
import { layerBytes } from "./manifest.js";

/**
 * A registry in a directory: one OCI image layout for all images, an entry of index.json for every NAME:TAG.
 *
 * Buildah could push into the layout itself, but it replaces index.json without a lock: of eight pushes at once one
 * entry was left. So Buildah pushes to a staging directory; the blobs are moved and the entry is added under a lock.
 * Blobs come first and index.json last, by rename: whatever is killed, every entry names a complete image.
 */
export class OciLayout implements SizedRegistry {
  readonly #store: LayoutStore;
  readonly #buildah: RunBuildah;

  /** `directory` is absolute; it is made by the first publish. */
  constructor(directory: string, buildah: RunBuildah) {
    this.#store = new LayoutStore(directory);
    this.#buildah = buildah;
  }

  async find(name: ImageName, tag: string): Promise<ImageRecord | undefined> {
    const entry = this.#store.entries().get(`${name}:${tag}`);
    return entry && this.#complete(entry);
  }

  async publish(image: LocalImage, name: ImageName, tag: string, signal: AbortSignal): Promise<Published> {
    const ref = `${name}:${tag}`;
    const store = this.#store;
    return this.#changing(`publish ${ref}`, signal, async () => {
      store.check();
      await mkdir(store.directory, { recursive: true });
      const { stagePush, withStaging, withFileLock } = await writing();
      return withStaging(store, signal, async (staging) => {
        const directory = join(staging, "push");
        const known = this.#knownLayers();
        const staged = await stagePush({ image, directory, buildah: this.#buildah, signal, known });
        await withFileLock(store.lockFile, signal, () => this.#add(staged, ref));
        const { digest } = staged.entry;
        return { imageId: image.imageId, manifestDigest: digest, bytes: layerBytes(staged.manifest) };
      });
    });
  }

  async point(name: ImageName, from: string, tags: readonly string[], signal: AbortSignal): Promise<void> {
    const names = [...new Set(tags.map((tag) => `${name}:${tag}`))];
    const entries = this.#store.entries();
    const source = this.#source(`${name}:${from}`, entries);
    if (names.every((ref) => entries.get(ref)?.digest === source.digest)) return;
    await this.#changing(`set tags of ${name}`, signal, async () => {
      const { withFileLock } = await writing();
      await withFileLock(this.#store.lockFile, signal, () =>
        this.#setEntries(this.#source(`${name}:${from}`, this.#store.entries()), names),
      );
    });
  }

  /** Where the image is there, its view for Buildah (see layout-view.ts), else what any tool can try. */
  reference(name: ImageName, tag: string): PullReference {
    const store = this.#store;
    const entry = store.entries().get(`${name}:${tag}`);
    const manifest = entry && store.manifest(entry);
    if (entry && manifest) {
      try {
        return { reference: `dir:${layoutView(store, entry, manifest)}`, options: [] };
      } catch {
        // A layout that may only be read: the reference below works with newer versions of Buildah.
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

  /** A full disk or a directory that may not be written is the registry's failure, not a bug. */
  async #changing<T>(what: string, signal: AbortSignal, action: () => Promise<T>): Promise<T> {
    try {
      signal.throwIfAborted();
      return await action();
    } catch (error) {
      if (error instanceof RegistryError || signal.aborted) throw error;
      const why = error instanceof Error ? error.message : String(error);
      throw new RegistryError(`Could not ${what} in ${this.#store.directory}: ${why}`, { cause: error });
    }
  }

  #source(ref: string, entries: ReadonlyMap<string, IndexEntry>): IndexEntry {
    const entry = entries.get(ref);
    if (entry !== undefined && this.#complete(entry) !== undefined) return entry;
    throw new RegistryError(`${this.#store.directory} has no complete image ${ref}. Build it again.`);
  }

  #complete(entry: IndexEntry): ImageRecord | undefined {
    const manifest = this.#store.manifest(entry);
    if (manifest === undefined || ![manifest.config, ...manifest.layers].every((blob) => this.#store.has(blob))) {
      return undefined;
    }
    return { imageId: manifest.config.digest, manifestDigest: entry.digest };
  }

  /** Layers that need not be pushed. Sizes come from manifests: a file alone cannot tell that a part of it is missing. */
  #knownLayers(): (layer: Digest) => string | undefined {
    const store = this.#store;
    const sizes = new Map<Digest, number>();
    for (const entry of store.entries().values()) {
      for (const layer of store.manifest(entry)?.layers ?? []) sizes.set(layer.digest, layer.size);
    }
    return (digest) => {
      const size = sizes.get(digest);
      return size !== undefined && store.has({ digest, size }) ? store.blob(digest) : undefined;
    };
  }

  /** Only under the lock. */
  async #add(staged: StagedImage, ref: string): Promise<void> {
    const store = this.#store;
    await store.initialise();
    const missing = staged.files.filter((blob) => !store.has(blob));
    for (const blob of new Map(missing.map((blob) => [blob.digest, blob])).values()) {
      await rename(blob.path, store.blob(blob.digest));
    }
    if (missing.length > 0) await store.syncBlobs();
    await this.#setEntries(staged.entry, [ref]);
  }

  /** Lets every name stand for one manifest, in one write, or in none where nothing changes. Only under the lock. */
  async #setEntries(manifest: IndexEntry, names: readonly string[]): Promise<void> {
    const before = this.#store.readEntries();
    const current = (ref: string) => before.filter((entry) => refName(entry) === ref);
    if (names.every((ref) => current(ref).length === 1 && current(ref)[0]?.digest === manifest.digest)) return;
    const others = before.filter((entry) => !names.includes(refName(entry) ?? ""));
    await this.#store.writeEntries([...others, ...names.map((ref) => indexEntry(manifest, ref))]);
  }
}

/** What only a change needs is loaded by the first one: most commands just read, and start times are counted in ms. */
async function writing() {
  const [push, staging, lock] = await Promise.all([
    import("./layout-push.js"),
    import("./layout-staging.js"),
    import("./file-lock.js"),
  ]);
  return { ...push, ...staging, ...lock };
}
