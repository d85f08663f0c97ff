import type { Digest, ImageName } from "./names.js";
import type { ImageRecord } from "./plan.js";

/** Reads what the registry knows. Fails with RegistryError where the registry cannot be reached or answers nonsense. */
export interface RegistryReader {
  /**
   * The image a tag names; undefined where there is no such tag (or no such repository), where a part of the image is
   * missing, and where the tag names several images for several platforms: none of these is what a plan may build on.
   */
  find(name: ImageName, tag: string): Promise<ImageRecord | undefined>;
}

/** An image in Buildah's local storage. */
export interface LocalImage {
  readonly imageId: Digest;
}

export interface Published extends ImageRecord {
  /** Sum of the layers' sizes as stored. */
  readonly bytes: number;
}

/** Writes images and tags. Every operation may be repeated, and may run beside others, in this process or another one. */
export interface RegistryWriter {
  /** Stores the image under one tag; it is complete under that tag or not there at all. */
  publish(image: LocalImage, name: ImageName, tag: string, signal: AbortSignal): Promise<Published>;
  /** Lets tags name an image that is already stored under `from`. */
  point(name: ImageName, from: string, tags: readonly string[], signal: AbortSignal): Promise<void>;
  /** The reference (containers-transports(5)) by which Buildah can pull a tag, with the options it needs. */
  reference(name: ImageName, tag: string): PullReference;
}

export interface PullReference {
  readonly reference: string;
  readonly options: readonly string[];
}

export type Registry = RegistryReader & RegistryWriter;

/** A document about an image, which is stored beside it and found by the image's digest (image-spec 1.1, manifest.md, `subject`). */
export interface Attachment {
  /** Says what it is: `application/vnd.cyclonedx+json`. */
  readonly artifactType: string;
  readonly bytes: Buffer;
}

/** Keeps documents about images. What is attached twice is there once. */
export interface AttachmentStore {
  attach(name: ImageName, subject: Digest, attachment: Attachment, signal: AbortSignal): Promise<void>;
  /** All of this type, in no order; none where the image is not there. */
  attachments(name: ImageName, subject: Digest, artifactType: string): Promise<readonly Buffer[]>;
}

/** Keeps files by their hash: the packages that `slipway vendor` stores. */
export interface FileStore {
  /** Stores a file of this sha256 (64 hex digits); nothing happens where it is there already. */
  storeFile(file: StoredFile, signal: AbortSignal): Promise<"stored" | "present">;
  /** Writes the file to a path; false: it is not there. The caller checks the hash. */
  fetchFile(sha256: string, to: string, signal: AbortSignal): Promise<boolean>;
}

export interface StoredFile {
  readonly path: string;
  readonly sha256: string;
  /** The file's own name, which is told to whoever looks into the registry. */
  readonly name: string;
}

/** Says what it has without sending it. */
export interface SearchableFileStore extends FileStore {
  hasFile(sha256: string, signal: AbortSignal): Promise<boolean>;
}

/** A registry with all that it keeps beside images. */
export type StoringRegistry = Registry & AttachmentStore & SearchableFileStore;

/** Registries store layers in different forms; this compares images of all of them. */
export interface SizedRegistry extends Registry, AttachmentStore, SearchableFileStore {
  /** Bytes of a tag's layers, not compressed; undefined: there is no such image, or it cannot be told. */
  unpackedBytes(name: ImageName, tag: string): Promise<number | undefined>;
}

/**
 * Runs Buildah with these arguments and the global options the caller's storage needs, and gives its standard output.
 * Rejects where Buildah fails. The signal ends Buildah.
 */
export type RunBuildah = (args: readonly string[], signal?: AbortSignal) => Promise<string>;

/** The registry is not reachable or refuses (exit code 4). `message` says which one and what to do. */
export class RegistryError extends Error {
  override readonly name = "RegistryError";
}
