import { readFile, writeFile } from "node:fs/promises";
import type { BuildKey, Digest, ImageName } from "../../src/model/names.js";
import type { ImageRecord } from "../../src/model/plan.js";
import type {
  Attachment,
  LocalImage,
  Published,
  PullReference,
  StoredFile,
  StoringRegistry,
} from "../../src/model/registry.js";
import { digest, imageName } from "./definitions.js";

/** A registry in memory that keeps a journal of all writes. */
export class FakeRegistry implements StoringRegistry {
  readonly tags = new Map<string, ImageRecord>();
  readonly journal: string[] = [];
  /** By `name@digest`. */
  readonly attached = new Map<string, readonly Attachment[]>();
  /** By sha256. */
  readonly files = new Map<string, Buffer>();
  /** Every tag that was requested: `name:tag`. */
  readonly asked: string[] = [];

  async find(name: ImageName, tag: string): Promise<ImageRecord | undefined> {
    this.asked.push(`${name}:${tag}`);
    return this.tags.get(`${name}:${tag}`);
  }

  async isWhole(name: ImageName, tag: string): Promise<boolean> {
    return this.tags.has(`${name}:${tag}`);
  }

  async publish({ imageId }: LocalImage, name: ImageName, tag: string): Promise<Published> {
    this.journal.push(`publish ${name} ${kind(tag)}`);
    const record = { imageId, manifestDigest: imageId };
    this.tags.set(`${name}:${tag}`, record);
    return { ...record, bytes: 1000 };
  }

  async point(name: ImageName, from: string, tags: readonly string[]): Promise<void> {
    this.journal.push(`point ${name} ${tags.map(kind).join(" ")}`);
    const record = this.tags.get(`${name}:${from}`);
    if (record === undefined) throw new Error(`${name}:${from} is not there`);
    for (const tag of tags) this.tags.set(`${name}:${tag}`, record);
  }

  reference(name: ImageName, tag: string): PullReference {
    return { reference: `fake:${name}:${tag}`, options: [] };
  }

  async attach(name: ImageName, subject: Digest, attachment: Attachment): Promise<void> {
    const before = this.attached.get(`${name}@${subject}`) ?? [];
    if (before.some(({ bytes }) => bytes.equals(attachment.bytes))) return;
    this.journal.push(`attach ${name} ${attachment.artifactType}`);
    this.attached.set(`${name}@${subject}`, [...before, attachment]);
  }

  async attachments(name: ImageName, subject: Digest, artifactType: string): Promise<readonly Buffer[]> {
    const all = this.attached.get(`${name}@${subject}`) ?? [];
    return all.filter((attachment) => attachment.artifactType === artifactType).map(({ bytes }) => bytes);
  }

  async storeFile({ path, sha256, name }: StoredFile): Promise<"stored" | "present"> {
    if (this.files.has(sha256)) return "present";
    this.journal.push(`store ${name}`);
    this.files.set(sha256, await readFile(path));
    return "stored";
  }

  async fetchFile(sha256: string, to: string): Promise<boolean> {
    const bytes = this.files.get(sha256);
    if (bytes !== undefined) await writeFile(to, bytes);
    return bytes !== undefined;
  }

  async hasFile(sha256: string): Promise<boolean> {
    return this.files.has(sha256);
  }

  /** Puts an image under some tags. */
  put(name: string, tags: readonly string[], imageId: Digest = digest("a"), manifestDigest: Digest = imageId): void {
    for (const tag of tags) this.tags.set(`${imageName(name)}:${tag}`, { imageId, manifestDigest });
  }
}

/** Tags that contain a hash, by purpose. */
const kind = (tag: string) =>
  tag
    .replace(/^k-[0-9a-f]{64}$/, "KEY")
    .replace(/^t-[0-9a-f]{64}$/, "TESTED")
    .replace(/-[0-9a-f]{8}$/, "-KEY8");

export const shortKey = (key: BuildKey | null) => key?.slice(0, 8) ?? "null";
