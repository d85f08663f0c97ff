import type { Inventory } from "../model/inventory.js";
import type { Digest, ImageName } from "../model/names.js";
import type { ImageRecord } from "../model/plan.js";
import type { LocalImage, Published, PullReference, Registry, RegistryReader } from "../model/registry.js";
import type { BuildJob, Runner } from "./runner.js";

/** Builds nothing. Each image gets an ID that no real image has, so everything built on it counts as changed: the most that can follow. */
export class DryRunner implements Runner {
  #count = 0;

  async build(_job: BuildJob): Promise<LocalImage> {
    this.#count += 1;
    return { imageId: `sha256:${this.#count.toString(16).padStart(64, "0")}` as Digest };
  }

  /** What is not built has nothing in it. */
  async inspect(): Promise<Inventory> {
    return { packages: [] };
  }

  async test(): Promise<void> {}
}

/** Reads the real registry, keeps what would be written to itself. */
export class DryRunRegistry implements Registry {
  readonly #written = new Map<string, ImageRecord>();
  readonly #reader: RegistryReader;

  constructor(reader: RegistryReader) {
    this.#reader = reader;
  }

  find(name: ImageName, tag: string): Promise<ImageRecord | undefined> {
    const written = this.#written.get(`${name}:${tag}`);
    return written ? Promise.resolve(written) : this.#reader.find(name, tag);
  }

  async publish({ imageId }: LocalImage, name: ImageName, tag: string): Promise<Published> {
    const record = { imageId, manifestDigest: imageId };
    this.#written.set(`${name}:${tag}`, record);
    return { ...record, bytes: 0 };
  }

  async point(name: ImageName, from: string, tags: readonly string[]): Promise<void> {
    const record = await this.find(name, from);
    for (const tag of tags) if (record) this.#written.set(`${name}:${tag}`, record);
  }

  reference(): PullReference {
    return { reference: "", options: [] };
  }
}
