import type { Digest, ImageName } from "../model/names.js";
import type { ImageRecord } from "../model/plan.js";
import type {
  Attachment,
  AttachmentStore,
  LocalImage,
  Published,
  PullReference,
  RegistryReader,
  SearchableFileStore,
  StoredFile,
  StoringRegistry,
} from "../model/registry.js";
import type { BuildJob, Closure, OpenImage, Runner } from "./runner.js";

/** Builds nothing. Each image gets an ID that no real image has, so everything built on it counts as changed, which is the worst case. */
export class DryRunner implements Runner {
  async resolve(): Promise<Closure> {
    return { packages: [] };
  }

  #count = 0;

  async build(_job: BuildJob): Promise<LocalImage> {
    this.#count += 1;
    return { imageId: `sha256:${this.#count.toString(16).padStart(64, "0")}` as Digest };
  }

  /** An image that is not built has nothing in it. */
  async open(): Promise<OpenImage> {
    return { inspect: async () => ({ packages: [] }), test: async () => {}, close: async () => {} };
  }
}

type StoredReader = RegistryReader & Pick<AttachmentStore, "attachments"> & Omit<SearchableFileStore, "storeFile">;

/** Reads the real registry, and keeps to itself what would be written. */
export class DryRunRegistry implements StoringRegistry {
  readonly #written = new Map<string, ImageRecord>();
  readonly #attached: { readonly name: ImageName; readonly subject: Digest; readonly attachment: Attachment }[] = [];
  readonly #reader: StoredReader;

  constructor(reader: StoredReader) {
    this.#reader = reader;
  }

  find(name: ImageName, tag: string): Promise<ImageRecord | undefined> {
    const written = this.#written.get(`${name}:${tag}`);
    return written ? Promise.resolve(written) : this.#reader.find(name, tag);
  }

  async isWhole(): Promise<boolean> {
    return true;
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

  async attach(name: ImageName, subject: Digest, attachment: Attachment): Promise<void> {
    this.#attached.push({ name, subject, attachment });
  }

  async attachments(name: ImageName, subject: Digest, artifactType: string): Promise<readonly Buffer[]> {
    const own = this.#attached.filter((it) => it.name === name && it.subject === subject);
    const documents = own.filter((it) => it.attachment.artifactType === artifactType).map((it) => it.attachment.bytes);
    return [...documents, ...(await this.#reader.attachments(name, subject, artifactType))];
  }

  async storeFile({ sha256 }: StoredFile, signal: AbortSignal): Promise<"stored" | "present"> {
    return (await this.hasFile(sha256, signal)) ? "present" : "stored";
  }

  fetchFile(sha256: string, to: string, signal: AbortSignal): Promise<boolean> {
    return this.#reader.fetchFile(sha256, to, signal);
  }

  hasFile(sha256: string, signal: AbortSignal): Promise<boolean> {
    return this.#reader.hasFile(sha256, signal);
  }
}
