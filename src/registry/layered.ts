import type { Digest, ImageName } from "../model/names.js";
import type { ImageRecord } from "../model/plan.js";
import {
  type Attachment,
  type ClaimStore,
  type LocalImage,
  type Published,
  type PullReference,
  RegistryError,
  type StateStore,
  type StoredFile,
  type StoringRegistry,
} from "../model/registry.js";

/**
 * A registry on top of another one that is only read: what the lower one has need not be built again, and nothing is ever written to
 * it. Where it cannot be read (a pull request from a fork has no credentials) everything is built in the upper one.
 */
export class LayeredRegistry implements StoringRegistry {
  readonly #own: StoringRegistry;
  readonly #below: StoringRegistry;
  readonly #unreadable: (error: RegistryError) => void;
  /** Tags that were found below, and tags that were set for an image from below: NAME:TAG to the tag below. */
  readonly #fromBelow = new Map<string, string>();
  /** Manifests that only the lower registry has. */
  readonly #digestsBelow = new Set<Digest>();
  #readable = true;

  /** `unreadable` is called once, when the lower registry cannot be read; it is not used from then on. */
  constructor(own: StoringRegistry, below: StoringRegistry, unreadable: (error: RegistryError) => void) {
    this.#own = own;
    this.#below = below;
    this.#unreadable = unreadable;
  }

  /** What is built is published in the upper registry. */
  get claims(): ClaimStore | undefined {
    return this.#own.claims;
  }

  /** What is found may be from below, so that nothing can be said of the upper registry but that it changes. */
  get state(): StateStore | undefined {
    const { state } = this.#own;
    return (
      state && {
        ...{ says: async () => true, readSnapshot: () => state.readSnapshot() },
        // Of a run on top of another registry, which publishes nothing.
        writeSnapshot: async () => {},
        change: (changes, signal) =>
          state.change(new Map([...changes.keys()].map((name) => [name, undefined])), signal),
      }
    );
  }

  async find(name: ImageName, tag: string): Promise<ImageRecord | undefined> {
    const own = await this.#own.find(name, tag);
    if (own !== undefined) return own;
    const ref = `${name}:${tag}`;
    const there = this.#fromBelow.get(ref) ?? tag;
    const record = await this.#ask(() => this.#below.find(name, there));
    if (record !== undefined) this.#note(ref, there, record);
    return record;
  }

  #note(ref: string, there: string, { manifestDigest }: ImageRecord): void {
    this.#fromBelow.set(ref, there);
    this.#digestsBelow.add(manifestDigest);
  }

  async findTags(name: ImageName, tags: readonly string[]): Promise<readonly (ImageRecord | undefined)[]> {
    const own = await Promise.all(tags.map((tag) => this.#own.find(name, tag)));
    const isKnown =
      own.some((record) => record !== undefined) || tags.some((tag) => this.#fromBelow.has(`${name}:${tag}`));
    const below = isKnown ? undefined : this.#below.findTags?.bind(this.#below);
    if (below === undefined) return Promise.all(tags.map((tag) => this.find(name, tag)));
    const records = (await this.#ask(() => below(name, tags))) ?? [];
    for (const [index, tag] of tags.entries()) {
      const record = records[index];
      if (record !== undefined) this.#note(`${name}:${tag}`, tag, record);
    }
    return tags.map((_, index) => records[index]);
  }

  async isWhole(name: ImageName, tag: string): Promise<boolean> {
    const there = this.#fromBelow.get(`${name}:${tag}`);
    if (there === undefined) return this.#own.isWhole(name, tag);
    return (await this.#ask(() => this.#below.isWhole(name, there))) ?? false;
  }

  async publish(image: LocalImage, name: ImageName, tag: string, signal: AbortSignal): Promise<Published> {
    const published = await this.#own.publish(image, name, tag, signal);
    this.#digestsBelow.delete(published.manifestDigest);
    // What is below was damaged, or another image.
    this.#fromBelow.delete(`${name}:${tag}`);
    return published;
  }

  async point(name: ImageName, from: string, tags: readonly string[], signal: AbortSignal): Promise<void> {
    if ((await this.#own.find(name, from)) !== undefined) {
      await this.#own.point(name, from, tags, signal);
      return;
    }
    const there = this.#fromBelow.get(`${name}:${from}`) ?? from;
    for (const tag of tags) this.#fromBelow.set(`${name}:${tag}`, there);
  }

  /** Of the layer that `find` (or `point`) has seen the tag in. */
  reference(name: ImageName, tag: string): PullReference {
    const there = this.#fromBelow.get(`${name}:${tag}`);
    return there === undefined ? this.#own.reference(name, tag) : this.#below.reference(name, there);
  }

  /** Does nothing for an image from below: its documents are there, too. */
  async attach(name: ImageName, subject: Digest, attachment: Attachment, signal: AbortSignal): Promise<void> {
    if (!this.#digestsBelow.has(subject)) await this.#own.attach(name, subject, attachment, signal);
  }

  async attachments(name: ImageName, subject: Digest, artifactType: string): Promise<readonly Buffer[]> {
    const own = await this.#own.attachments(name, subject, artifactType);
    return [...own, ...((await this.#ask(() => this.#below.attachments(name, subject, artifactType))) ?? [])];
  }

  storeFile(file: StoredFile, signal: AbortSignal): Promise<"stored" | "present"> {
    return this.#own.storeFile(file, signal);
  }

  async fetchFile(sha256: string, to: string, signal: AbortSignal): Promise<boolean> {
    if (await this.#own.fetchFile(sha256, to, signal)) return true;
    return (await this.#ask(() => this.#below.fetchFile(sha256, to, signal))) ?? false;
  }

  /** A file that the lower registry has counts: it is fetched from there. */
  async hasFile(sha256: string, signal: AbortSignal): Promise<boolean> {
    if (await this.#own.hasFile(sha256, signal)) return true;
    return (await this.#ask(() => this.#below.hasFile(sha256, signal))) ?? false;
  }

  async #ask<T>(question: () => Promise<T | undefined>): Promise<T | undefined> {
    if (!this.#readable) return undefined;
    try {
      return await question();
    } catch (error) {
      if (!(error instanceof RegistryError)) throw error;
      // Concurrent requests fail together: one message is enough.
      if (this.#readable) this.#unreadable(error);
      this.#readable = false;
      return undefined;
    }
  }
}
