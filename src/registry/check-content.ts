import type { Digest } from "../model/names.js";
import type { RegistryCheck, RegistryDamage, RegistryPart } from "../model/registry-check.js";
import { digestTag, FILES } from "./artifact.js";
import { type Descriptor, EMPTY_TYPE, isDescriptor, isDigest, isRecord } from "./manifest.js";
import type { Flaw, ReadManifest, RegistryContent, TagEntry } from "./registry-content.js";

/**
 * Reads all of a registry, from its tags down to the bytes of its layers, and says what is not as it should be. What is damaged is passed over,
 * and the rest is read. Raises RegistryError where the registry cannot be read.
 */
export async function checkContent(content: RegistryContent, signal: AbortSignal): Promise<RegistryCheck> {
  return new Check(content, signal).run();
}

/** A manifest of one image with the tags that lead to it. */
interface Place {
  readonly image: string;
  readonly tags: readonly string[];
  readonly manifest: Digest | null;
}

interface Found {
  readonly digest: Digest | null;
  readonly flaw: Flaw;
  /** Left out: the part is the document itself, or of none. */
  readonly document?: Digest | undefined;
}

class Check {
  readonly #content: RegistryContent;
  readonly #signal: AbortSignal;
  readonly #damage: RegistryDamage[] = [];
  readonly #named = new Set<Digest>();
  readonly #counts = { tags: 0, images: 0, documents: 0, files: 0 };
  /** `image digest` of documents that were read. */
  readonly #documents = new Set<string>();

  constructor(content: RegistryContent, signal: AbortSignal) {
    this.#content = content;
    this.#signal = signal;
  }

  async run(): Promise<RegistryCheck> {
    for (const flaw of await this.#content.indexFlaws()) {
      this.#add({ image: null, tags: [], manifest: null }, "index", { digest: null, flaw });
    }
    const all = await this.#content.tags();
    for (const [image, entries] of [...all].sort(([a], [b]) => (a < b ? -1 : 1))) {
      this.#counts.tags += entries.length;
      for (const group of await this.#byManifest(image, entries)) await this.#tagged(group);
    }
    const others = await this.#content.others(this.#named);
    for (const { digest, flaw } of others ?? []) {
      if (flaw) this.#add({ image: null, tags: [], manifest: null }, "blob", { digest, flaw });
    }
    const whole = others?.filter(({ flaw }) => flaw === undefined);
    const unreferenced = whole && { blobs: whole.length, bytes: whole.reduce((sum, { size }) => sum + size, 0) };
    const counts = { ...this.#counts, ...this.#content.hashed };
    return { counts, damage: this.#damage, unreferenced: unreferenced ?? null };
  }

  /** Reads what each tag names, so that a manifest with several tags is one. */
  async #byManifest(image: string, entries: readonly TagEntry[]) {
    const groups = new Map<
      string,
      { place: { image: string; tags: string[]; manifest: Digest | null }; read: ReadManifest }
    >();
    for (const entry of entries) {
      this.#signal.throwIfAborted();
      const read = await this.#content.manifest(image, entry);
      const key = `${read.digest ?? entry.tag} ${read.flaw?.found ?? ""}`;
      const group = groups.get(key) ?? { place: { image, tags: [], manifest: read.digest ?? null }, read };
      group.place.tags.push(entry.tag);
      groups.set(key, group);
    }
    // Images first: what is wrong with one need not be said again of the list of its documents.
    return [...groups.values()].sort((a, b) => Number(isOfDigest(a.place)) - Number(isOfDigest(b.place)));
  }

  async #tagged({ place, read }: { readonly place: Place; readonly read: ReadManifest }): Promise<void> {
    if (read.digest !== undefined) this.#named.add(read.digest);
    const subject = subjectOf(place);
    const part = subject === undefined ? "manifest" : place.image === FILES ? "package file" : "list of documents";
    if (read.bytes === undefined || read.flaw) return this.#flawed(place, part, read);
    const value = readJson(read.bytes);
    if (isRecord(value) && Array.isArray(value.manifests)) {
      if (subject === undefined) return this.#several(place, value.manifests);
      return this.#listed({ ...place, manifest: subject }, value.manifests, read.digest);
    }
    if (place.image === FILES && subject !== undefined) return this.#file(place, value, subject);
    return this.#image(place, value);
  }

  #flawed(place: Place, part: RegistryPart, { digest, flaw }: ReadManifest): void {
    const found = flaw ?? { kind: "missing", found: "is missing" };
    const manifest = part === "list of documents" ? (subjectOf(place) ?? null) : place.manifest;
    this.#add({ ...place, manifest }, part, { digest: digest ?? null, flaw: found });
  }

  /** Several images for several platforms under one tag. */
  async #several(place: Place, manifests: readonly unknown[]): Promise<void> {
    for (const descriptor of manifests) {
      if (!isDescriptor(descriptor)) {
        this.#add(place, "manifest", { digest: place.manifest, flaw: unreadable("names no manifest") });
        continue;
      }
      this.#named.add(descriptor.digest);
      const read = await this.#content.manifest(place.image, descriptor.digest);
      if (read.bytes === undefined || read.flaw)
        this.#flawed(place, "manifest", { ...read, digest: descriptor.digest });
      else await this.#image(place, readJson(read.bytes));
    }
  }

  async #image(place: Place, value: unknown): Promise<void> {
    this.#counts.images += 1;
    const parts = partsOf(value);
    if (parts === undefined) {
      return this.#add(place, "manifest", { digest: place.manifest, flaw: unreadable("describes no image") });
    }
    const { config, layers } = parts;
    await this.#blob(place, "configuration", config);
    for (const layer of layers) await this.#blob(place, "layer", layer);
    await this.#configuration(place, config, layers.length);
    if (place.manifest === null) return;
    for (const digest of await this.#content.referrers(place.image, place.manifest)) {
      await this.#document({ ...place, manifest: place.manifest }, digest, true);
    }
  }

  /** A configuration that is whole may still not be one. */
  async #configuration(place: Place, config: Descriptor, layers: number): Promise<void> {
    if (config.mediaType === EMPTY_TYPE) return;
    const bytes = await this.#content.read(place.image, config);
    if (bytes === undefined) return;
    const value = readJson(bytes);
    const rootfs = isRecord(value) ? value.rootfs : undefined;
    const ids = isRecord(rootfs) ? (rootfs.diff_ids ?? []) : undefined;
    const count = Array.isArray(ids) ? ids.length : undefined;
    if (count === layers) return;
    const found =
      count === undefined ? "is no configuration of an image" : `names ${count} layers, the manifest ${layers}`;
    this.#add(place, "configuration", { digest: config.digest, flaw: unreadable(found) });
  }

  /** The documents about one manifest, whose digest the tag is. */
  async #listed(place: Place, manifests: readonly unknown[], list: Digest | undefined): Promise<void> {
    const subject = place.manifest as Digest;
    const read = await this.#content.manifest(place.image, subject);
    if (read.flaw?.kind === "missing" && !this.#named.has(subject)) {
      const flaw: Flaw = { kind: "subject", found: `is about ${subject}, which is not there` };
      return this.#add(place, "list of documents", { digest: list ?? null, flaw });
    }
    for (const entry of manifests) {
      if (isDescriptor(entry)) await this.#document(place, entry.digest, false);
      else this.#add(place, "list of documents", { digest: list ?? null, flaw: unreadable("names no document") });
    }
  }

  async #document(place: Place, digest: Digest, byRegistry: boolean): Promise<void> {
    const id = `${place.image} ${digest}`;
    if (this.#documents.has(id)) return;
    this.#documents.add(id);
    this.#counts.documents += 1;
    this.#named.add(digest);
    const read = await this.#content.manifest(place.image, digest);
    if (read.bytes === undefined || read.flaw) return this.#flawed(place, "document", { ...read, digest });
    const value = readJson(read.bytes);
    const parts = partsOf(value);
    const subject = isRecord(value) && isRecord(value.subject) ? value.subject.digest : undefined;
    if (parts === undefined) {
      return this.#add(place, "document", { digest, flaw: unreadable("is no document") });
    }
    // A registry lists by subject itself.
    if (subject !== place.manifest && !byRegistry) {
      const found = `is about ${isDigest(subject) ? subject : "no image"}, and listed for ${place.manifest}`;
      this.#add(place, "document", { digest, flaw: { kind: "subject", found } });
    }
    for (const blob of [parts.config, ...parts.layers]) await this.#blob(place, "document", blob, digest);
  }

  async #file(place: Place, value: unknown, digest: Digest): Promise<void> {
    this.#counts.files += 1;
    const parts = partsOf(value);
    const [layer] = parts?.layers ?? [];
    if (parts === undefined || layer?.digest !== digest) {
      return this.#add(place, "package file", { digest: place.manifest, flaw: unreadable(`does not name ${digest}`) });
    }
    for (const blob of [parts.config, layer]) await this.#blob(place, "package file", blob);
  }

  /** `owner`: the document that the blob belongs to. */
  async #blob(place: Place, part: RegistryPart, blob: Descriptor, owner?: Digest): Promise<void> {
    this.#signal.throwIfAborted();
    this.#named.add(blob.digest);
    const flaw = await this.#content.blobFlaw(place.image, blob);
    if (flaw === undefined) return;
    this.#add(place, part, { digest: blob.digest, flaw, document: owner });
  }

  #add(
    { image, tags, manifest }: Omit<Place, "image"> & { readonly image: string | null },
    part: RegistryPart,
    { digest, flaw, document = part === "document" && digest ? digest : undefined }: Found,
  ): void {
    this.#damage.push({ image, tags, part, blob: digest, ...flaw, manifest, ...(document && { document }) });
  }
}

const unreadable = (found: string): Flaw => ({ kind: "unreadable", found });

const isOfDigest = (place: Pick<Place, "tags">) => subjectOf(place) !== undefined;

/** The digest that all tags of a place stand for, if they do. */
function subjectOf({ tags }: Pick<Place, "tags">): Digest | undefined {
  const digest = tags[0]?.replace(/^sha256-/, "sha256:");
  return isDigest(digest) && digestTag(digest) === tags[0] ? digest : undefined;
}

function partsOf(value: unknown): { readonly config: Descriptor; readonly layers: readonly Descriptor[] } | undefined {
  if (!isRecord(value) || value.schemaVersion !== 2) return undefined;
  const { config, layers } = value;
  if (!isDescriptor(config) || !Array.isArray(layers) || !layers.every(isDescriptor)) return undefined;
  return { config, layers };
}

function readJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(bytes).toString("utf8"));
  } catch {
    return undefined;
  }
}
