import type { ImageName } from "../model/names.js";
import type { ImageRecord } from "../model/plan.js";
import {
  type LocalImage,
  type Published,
  type PullReference,
  type Registry,
  RegistryError,
} from "../model/registry.js";

/**
 * A registry of one's own on top of another that is only read: what stands there need not be built again, and nothing is
 * ever written to it. Where it cannot be read (a pull request from a fork has no credentials) everything is built here.
 */
export class LayeredRegistry implements Registry {
  readonly #own: Registry;
  readonly #below: Registry;
  readonly #unreadable: (error: RegistryError) => void;
  /** Tags that were found below, and tags that were set here for an image from there: NAME:TAG to the tag below. */
  readonly #fromBelow = new Map<string, string>();
  #readable = true;

  /** `unreadable` is called once, when the registry below cannot be read; it is left alone from then on. */
  constructor(own: Registry, below: Registry, unreadable: (error: RegistryError) => void) {
    this.#own = own;
    this.#below = below;
    this.#unreadable = unreadable;
  }

  async find(name: ImageName, tag: string): Promise<ImageRecord | undefined> {
    const own = await this.#own.find(name, tag);
    if (own !== undefined) return own;
    const ref = `${name}:${tag}`;
    const there = this.#fromBelow.get(ref) ?? tag;
    const record = await this.#ask(() => this.#below.find(name, there));
    if (record !== undefined) this.#fromBelow.set(ref, there);
    return record;
  }

  publish(image: LocalImage, name: ImageName, tag: string, signal: AbortSignal): Promise<Published> {
    return this.#own.publish(image, name, tag, signal);
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

  async #ask<T>(question: () => Promise<T | undefined>): Promise<T | undefined> {
    if (!this.#readable) return undefined;
    try {
      return await question();
    } catch (error) {
      if (!(error instanceof RegistryError)) throw error;
      // Questions that were asked at the same time fail together: one message is enough.
      if (this.#readable) this.#unreadable(error);
      this.#readable = false;
      return undefined;
    }
  }
}
