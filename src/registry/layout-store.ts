import { type BigIntStats, readdirSync, readFileSync, statSync } from "node:fs";
import { link, rename } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Digest } from "../model/names.js";
import { RegistryError } from "../model/registry.js";
import { makeDirectory } from "../system/make-directory.js";
import { replaceFile, syncDirectory } from "../system/replace-file.js";
import { CheckedBlobs } from "./checked-blobs.js";
import { fileDigest, fileDigestSync } from "./file-digest.js";
import { formatIndex, type IndexEntry, readIndex, refName } from "./layout-index.js";
import {
  type Descriptor,
  digestOf,
  type ImageManifest,
  isDigest,
  isRecord,
  OCI_MANIFEST,
  parseManifest,
} from "./manifest.js";

export interface StoreOptions {
  /** The file of CheckedBlobs. */
  readonly checked?: string | undefined;
  /** Is told of damage, a line each, once. */
  readonly note?: ((text: string) => void) | undefined;
}

/** The only files that a directory may hold before it is a layout: those that Slipway puts there first. */
const OWN_FILE = /^\.slipway-(lock|tmp|pull|claims|staging-.*)$/;
/** Bytes: what a registry takes as a manifest. */
const MANIFEST_LIMIT = 4 * 1024 * 1024;
/** Where a damaged index.json is kept when a new one is written. */
const DAMAGED_INDEX = ".slipway-damaged-index.json";

/**
 * The files of an OCI image layout (image specification, image-layout.md). Reads are synchronous: a plan reads
 * tens of thousands of small files, and a detour through the thread pool takes ten times as long as the read.
 */
export class LayoutStore {
  readonly lockFile: string;
  readonly indexFile: string;
  readonly #marker: string;
  readonly #temporary: string;
  #read: { readonly version: string; readonly byName: ReadonlyMap<string, IndexEntry> } | undefined;
  /** By digest, so it is never out of date. Only images are kept. */
  readonly #manifests = new Map<Digest, ImageManifest>();

  readonly #checked: CheckedBlobs;
  /** Blobs that are being read: several images at a time stand on one base. */
  readonly #reading = new Map<Digest, Promise<Digest | undefined>>();
  /** Blobs that this process has linked: a link changes the time of change, and not the content. */
  readonly #linked = new Set<Digest>();
  readonly #note: (text: string) => void;
  readonly #noted = new Set<string>();

  constructor(
    readonly directory: string,
    { checked, note = () => {} }: StoreOptions = {},
  ) {
    this.#checked = new CheckedBlobs(checked);
    this.#note = note;
    this.lockFile = join(directory, ".slipway-lock");
    this.indexFile = join(directory, "index.json");
    this.#marker = join(directory, "oci-layout");
    this.#temporary = join(directory, ".slipway-tmp");
  }

  /** Absolute path of a blob, whether it is there or not. */
  blob(digest: Digest): string {
    return join(this.directory, "blobs", "sha256", digest.slice("sha256:".length));
  }

  /** Whether the blob is there, of the right size, and not known as damaged. It is read where somebody has written to it since it was read. */
  has({ digest, size }: { readonly digest: Digest; readonly size: number }): boolean {
    const path = this.blob(digest);
    const stats = bigStats(path);
    if (!stats?.isFile() || stats.size !== BigInt(size)) return false;
    if (!this.#checked.isWritten(digest, stats)) return this.#checked.verdict(digest, stats) !== "damaged";
    const isWhole = fileDigestSync(path) === digest;
    this.#checked.set(digest, stats, isWhole ? "whole" : "damaged");
    return isWhole;
  }

  /**
   * Whether the blob is there and has its digest. It is read where nobody has since it was last written to; one that is damaged is not
   * there for `has` either from then on, in any process.
   */
  async isWhole(blob: { readonly digest: Digest; readonly size: number }): Promise<boolean> {
    if (!this.has(blob)) return false;
    const { digest } = blob;
    const stats = bigStats(this.blob(digest));
    if (stats !== undefined && this.#linked.has(digest)) this.#checked.renew(digest, stats);
    if (stats !== undefined && this.#checked.verdict(digest, stats) === "whole") return true;
    const reading = this.#reading.get(digest) ?? this.hash(digest).finally(() => this.#reading.delete(digest));
    this.#reading.set(digest, reading);
    const actual = await reading;
    await this.saveChecked();
    return actual === digest;
  }

  /** Links a blob to another path; where links are not possible, or there is none any more, it does nothing. */
  async link(digest: Digest, path: string): Promise<void> {
    this.#linked.add(digest);
    await link(this.blob(digest), path).catch(() => {});
  }

  /** Reads a blob, whatever is known of it; `saveChecked` keeps what was found. undefined: it is missing. Raises RegistryError. */
  async hash(digest: Digest): Promise<Digest | undefined> {
    const path = this.blob(digest);
    const stats = bigStats(path);
    if (!stats?.isFile()) return undefined;
    const actual = await fileDigest(path);
    this.#checked.set(digest, stats, actual === digest ? "whole" : "damaged");
    return actual;
  }

  saveChecked(): Promise<void> {
    return this.#checked.save();
  }

  /** Takes a blob as whole that was hashed before it was moved into place. */
  trust(digest: Digest): void {
    const stats = bigStats(this.blob(digest));
    if (stats !== undefined) this.#checked.set(digest, stats, "whole");
  }

  /** After links to blobs that are known as whole were made and removed. */
  async renew(digests: readonly Digest[]): Promise<void> {
    for (const digest of digests) {
      const stats = bigStats(this.blob(digest));
      if (stats !== undefined) this.#checked.renew(digest, stats);
    }
    await this.#checked.save();
  }

  /** Says once that something of the layout is damaged. */
  report(damage: string): void {
    if (this.#noted.has(damage)) return;
    this.#noted.add(damage);
    this.#note(`slipway: ${damage}\n`);
  }

  /** All blobs, in no order. */
  blobs(): readonly { readonly digest: Digest; readonly size: number }[] {
    const directory = join(this.directory, "blobs", "sha256");
    return listDirectory(directory).flatMap((name) => {
      const digest = `sha256:${name}`;
      const stats = isDigest(digest) ? statSync(join(directory, name), { throwIfNoEntry: false }) : undefined;
      return isDigest(digest) && stats?.isFile() ? [{ digest, size: stats.size }] : [];
    });
  }

  /** Those that may be manifests. */
  smallBlobs() {
    return this.blobs().filter(({ size }) => size <= MANIFEST_LIMIT);
  }

  /** When a blob came into the layout; undefined where it is missing. */
  writtenAt(digest: Digest): Date | undefined {
    return statSync(this.blob(digest), { throwIfNoEntry: false })?.mtime;
  }

  /** The current entries by name. Raises RegistryError where the directory is not a layout. */
  entries(): ReadonlyMap<string, IndexEntry> {
    const version = this.#version();
    if (this.#read?.version !== version || version === "none") {
      const byName = new Map<string, IndexEntry>();
      // Of two entries with one name the first counts, as for the other tools that read layouts.
      for (const entry of this.readEntries()) {
        const name = refName(entry);
        if (name !== undefined && !byName.has(name)) byName.set(name, entry);
      }
      this.#read = { version, byName };
    }
    return this.#read.byName;
  }

  /** All entries, read again: under the mutex a cache that is nearly always right is not enough. */
  readEntries(): readonly IndexEntry[] {
    if (this.#state() === "blank") return [];
    const text = readText(this.indexFile);
    const { entries, lost } = text === undefined ? { entries: [], lost: 0 } : readIndex(text, this.indexFile);
    if (lost > 0) {
      this.report(
        `${this.indexFile} is damaged: ${lost} of its lines cannot be read, and the tags in them count as missing. ` +
          "The next build writes it anew, and keeps this one as " +
          `${DAMAGED_INDEX}.`,
      );
    }
    return entries;
  }

  /**
   * The manifest of an entry; undefined where it, or the configuration that it names, is missing or damaged, and where it is not of one
   * image.
   */
  manifest(entry: Descriptor): ImageManifest | undefined {
    const manifest = this.#manifests.get(entry.digest) ?? this.#readManifest(entry);
    if (manifest === undefined || !this.has(entry)) return undefined;
    return entry.mediaType === (manifest.mediaType ?? OCI_MANIFEST) ? manifest : undefined;
  }

  #readManifest(entry: Descriptor): ImageManifest | undefined {
    const bytes = this.read(entry.digest);
    const manifest = bytes && parseManifest(bytes, this.blob(entry.digest));
    if (manifest === undefined || this.read(manifest.config.digest) === undefined) return undefined;
    this.#manifests.set(entry.digest, manifest);
    return manifest;
  }

  /** A small blob; undefined: it is missing or damaged. */
  read(digest: Digest): Buffer | undefined {
    const bytes = readBytes(this.blob(digest));
    return bytes !== undefined && digestOf(bytes) === digest ? bytes : undefined;
  }

  /** Makes the directory a layout where it is not one yet. Only under the mutex. */
  async initialise(): Promise<void> {
    const isNew = this.#state() === "blank";
    if (isNew || !isLayoutVersion1(readText(this.#marker) ?? "")) {
      await this.#replace(this.#marker, '{"imageLayoutVersion":"1.0.0"}');
    }
    makeDirectory(join(this.directory, "blobs", "sha256"));
    if (!isNew) return;
    for (const directory of [join(this.directory, "blobs"), this.directory, dirname(this.directory)]) {
      await syncDirectory(directory);
    }
  }

  /** Puts the names of blobs that were moved into place on the disk. Their contents are there already. */
  async syncBlobs(): Promise<void> {
    await syncDirectory(join(this.directory, "blobs", "sha256"));
    await this.#checked.save();
  }

  /** Replaces index.json as a whole, and keeps one that has lost entries by damage. Only under the mutex. */
  async writeEntries(entries: readonly IndexEntry[]): Promise<void> {
    const text = formatIndex(entries);
    const before = readText(this.indexFile);
    if (before !== undefined && readIndex(before, this.indexFile).lost > 0) {
      await this.#replace(join(this.directory, DAMAGED_INDEX), before);
    }
    await this.#replace(this.indexFile, text);
  }

  /** Puts an index.json aside that nothing can be read from. Only under the mutex. */
  async dropIndex(): Promise<void> {
    await rename(this.indexFile, join(this.directory, DAMAGED_INDEX));
    await syncDirectory(this.directory);
  }

  #replace(path: string, text: string): Promise<void> {
    return replaceFile(path, text, { temporary: this.#temporary, durable: true });
  }

  /** Raises RegistryError unless the directory is a layout, is empty or does not exist. */
  check(): void {
    this.#state();
  }

  /** Whether it says that it is a layout; one that is empty need not. */
  get isMarked(): boolean {
    return isLayoutVersion1(readText(this.#marker) ?? "") || this.#state() === "blank";
  }

  #state(): "layout" | "blank" {
    const marker = readText(this.#marker);
    if (marker !== undefined && isLayoutVersion1(marker)) return "layout";
    if (marker !== undefined && isJson(marker)) {
      throw new RegistryError(`${this.#marker} does not say imageLayoutVersion 1.x. Name another directory.`);
    }
    const names = listDirectory(this.directory);
    // The marker says nothing else than that this is a layout, which the rest shows as well.
    if (["blobs", "index.json"].every((name) => names.includes(name))) {
      this.report(`${this.#marker} is missing or damaged. The next build writes it anew.`);
      return "layout";
    }
    if (names.every((name) => OWN_FILE.test(name))) return "blank";
    throw new RegistryError(
      `${this.directory} is not an OCI image layout (there is no file oci-layout), and it is not empty. ` +
        "Name an empty or new directory for the registry.",
    );
  }

  #version(): string {
    const stat = statSync(this.indexFile, { throwIfNoEntry: false, bigint: true });
    return stat === undefined ? "none" : `${stat.ino} ${stat.size} ${stat.mtimeNs} ${stat.ctimeNs}`;
  }
}

const bigStats = (path: string): BigIntStats | undefined => statSync(path, { throwIfNoEntry: false, bigint: true });

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function isLayoutVersion1(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) && String(value.imageLayoutVersion).startsWith("1.");
  } catch {
    return false;
  }
}

function readText(path: string): string | undefined {
  return readBytes(path)?.toString("utf8");
}

function readBytes(path: string): Buffer | undefined {
  try {
    return readFileSync(path);
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw new RegistryError(`${path} cannot be read: ${(error as Error).message}`, { cause: error });
  }
}

function listDirectory(path: string): readonly string[] {
  try {
    return readdirSync(path);
  } catch (error) {
    if (isMissing(error)) return [];
    throw new RegistryError(`${path} cannot be used as a registry: ${(error as Error).message}`, { cause: error });
  }
}

function isMissing(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === "ENOENT";
}
