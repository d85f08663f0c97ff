import { readdirSync, readFileSync, statSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { Digest } from "../model/names.js";
import { RegistryError } from "../model/registry.js";
import { replaceFile, syncDirectory } from "../system/replace-file.js";
import { formatIndex, type IndexEntry, parseIndex, refName } from "./layout-index.js";
import { type Descriptor, digestOf, type ImageManifest, isRecord, parseManifest } from "./manifest.js";

/** The only files that a directory may hold before it is a layout: those that Slipway puts there first. */
const OWN_FILE = /^\.slipway-(lock|tmp|pull|claims|staging-.*)$/;

/**
 * The files of an OCI image layout (image specification, image-layout.md). Reads are synchronous: a plan reads
 * tens of thousands of small files, and a detour through the thread pool takes ten times as long as the read.
 */
export class LayoutStore {
  readonly lockFile: string;
  readonly #index: string;
  readonly #marker: string;
  readonly #temporary: string;
  #read: { readonly version: string; readonly byName: ReadonlyMap<string, IndexEntry> } | undefined;
  /** By digest, so it is never out of date. Only images are kept. */
  readonly #manifests = new Map<Digest, ImageManifest>();

  constructor(readonly directory: string) {
    this.lockFile = join(directory, ".slipway-lock");
    this.#index = join(directory, "index.json");
    this.#marker = join(directory, "oci-layout");
    this.#temporary = join(directory, ".slipway-tmp");
  }

  /** Absolute path of a blob, whether it is there or not. */
  blob(digest: Digest): string {
    return join(this.directory, "blobs", "sha256", digest.slice("sha256:".length));
  }

  /** Whether the blob is there and of the right size; a part of one does not count. */
  has(blob: { readonly digest: Digest; readonly size: number }): boolean {
    const stat = statSync(this.blob(blob.digest), { throwIfNoEntry: false });
    return stat?.isFile() === true && stat.size === blob.size;
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
    const text = readText(this.#index);
    return text === undefined ? [] : parseIndex(text, this.#index);
  }

  /** The manifest of an entry; undefined where it is missing, damaged, or not of one image. */
  manifest(entry: Descriptor): ImageManifest | undefined {
    const known = this.#manifests.get(entry.digest);
    if (known !== undefined) return this.has(entry) ? known : undefined;
    const bytes = this.read(entry.digest);
    if (bytes === undefined) return undefined;
    const manifest = parseManifest(bytes, this.blob(entry.digest));
    if (manifest !== undefined) this.#manifests.set(entry.digest, manifest);
    return manifest;
  }

  /** A small blob; undefined: it is missing or damaged. */
  read(digest: Digest): Buffer | undefined {
    const bytes = readBytes(this.blob(digest));
    return bytes !== undefined && digestOf(bytes) === digest ? bytes : undefined;
  }

  /** Makes the directory a layout where it is not one yet. Only under the mutex. */
  async initialise(): Promise<void> {
    if (this.#state() === "blank") {
      await this.#replace(this.#marker, '{"imageLayoutVersion":"1.0.0"}');
    }
    await mkdir(join(this.directory, "blobs", "sha256"), { recursive: true });
  }

  /** Puts the names of blobs that were moved into place on the disk. Their contents are there already. */
  async syncBlobs(): Promise<void> {
    await syncDirectory(join(this.directory, "blobs", "sha256"));
  }

  /** Replaces index.json as a whole. Only under the mutex. */
  async writeEntries(entries: readonly IndexEntry[]): Promise<void> {
    await this.#replace(this.#index, formatIndex(entries));
  }

  #replace(path: string, text: string): Promise<void> {
    return replaceFile(path, text, { temporary: this.#temporary, durable: true });
  }

  /** Raises RegistryError unless the directory is a layout, is empty or does not exist. */
  check(): void {
    this.#state();
  }

  #state(): "layout" | "blank" {
    const marker = readText(this.#marker);
    if (marker !== undefined) {
      if (isLayoutVersion1(marker)) return "layout";
      throw new RegistryError(`${this.#marker} does not say imageLayoutVersion 1.x. Name another directory.`);
    }
    if (listDirectory(this.directory).every((name) => OWN_FILE.test(name))) return "blank";
    throw new RegistryError(
      `${this.directory} is not an OCI image layout (there is no file oci-layout), and it is not empty. ` +
        "Name an empty or new directory for the registry.",
    );
  }

  #version(): string {
    const stat = statSync(this.#index, { throwIfNoEntry: false, bigint: true });
    return stat === undefined ? "none" : `${stat.ino} ${stat.size} ${stat.mtimeNs} ${stat.ctimeNs}`;
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
