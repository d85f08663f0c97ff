import type { BuildAccount } from "./attribution.js";
import type { StateChanges, StateEntry } from "./catalogue-state.js";
import type { Digest, ImageName } from "./names.js";
import type { ImageRecord } from "./plan.js";

/** Reads a registry. Raises RegistryError where it cannot be reached or its answer makes no sense. */
export interface RegistryReader {
  /**
   * The image that a tag names; undefined where there is no such tag (or no such repository), where a part of the image is missing, and
   * where the tag names several images for several platforms: a plan may not build on any of these.
   */
  find(name: ImageName, tag: string): Promise<ImageRecord | undefined>;
  /**
   * The same for several tags of an image at once, for a plan: it may answer from the state of the catalogue, so whoever acts on an answer
   * asks `isWhole` or `find` before. Left out: each is asked with `find`.
   */
  findTags?(name: ImageName, tags: readonly string[]): Promise<readonly (ImageRecord | undefined)[]>;
}

/** An image in Buildah's local storage. */
export interface LocalImage {
  readonly imageId: Digest;
  /** Left out: nothing is known of what made its files. */
  readonly account?: BuildAccount;
}

export interface Published extends ImageRecord {
  /** Sum of the layers' sizes as stored. */
  readonly bytes: number;
}

/** Can tell whether an image that a tag names is worth building on. */
export interface SoundRegistry {
  /**
   * Reads what nobody checks later: the layers of a layout. false: there is no such image, or a part of it is damaged; then `find` does not
   * give it either. A registry behind the distribution protocol is asked only where an answer came from the state of the catalogue, because Buildah
   * checks the digest of what it pulls.
   */
  isWhole(name: ImageName, tag: string): Promise<boolean>;
}

/** Writes images and tags. Every operation may be repeated, and may run beside others in this process or another one. */
export interface RegistryWriter {
  /** Stores the image under one tag. Under that tag it is either complete or not there at all. */
  publish(image: LocalImage, name: ImageName, tag: string, signal: AbortSignal): Promise<Published>;
  /** Points tags to an image that is already stored under `from`. */
  point(name: ImageName, from: string, tags: readonly string[], signal: AbortSignal): Promise<void>;
  /** The reference (containers-transports(5)) by which Buildah can pull a tag, with the options it needs. */
  reference(name: ImageName, tag: string): PullReference;
}

export interface PullReference {
  readonly reference: string;
  readonly options: readonly string[];
}

export type Registry = RegistryReader & RegistryWriter;

/** A document about an image, stored beside it and found by the image's digest (image-spec 1.1, manifest.md, `subject`). */
export interface Attachment {
  /** The kind of document: `application/vnd.cyclonedx+json`. */
  readonly artifactType: string;
  readonly bytes: Buffer;
}

/** Keeps documents about images. A document that is attached twice is there once. */
export interface AttachmentStore {
  attach(name: ImageName, subject: Digest, attachment: Attachment, signal: AbortSignal): Promise<void>;
  /** All documents of this type, in no order; none where the image is not there. */
  attachments(name: ImageName, subject: Digest, artifactType: string): Promise<readonly Buffer[]>;
}

/** Keeps files by their hash: the packages that `slipway vendor` stores. */
export interface FileStore {
  /** Stores a file of this sha256 (64 hex digits) unless it is there already. */
  storeFile(file: StoredFile, signal: AbortSignal): Promise<"stored" | "present">;
  /** Writes the file to a path; false: there is no such file. The caller checks the hash. */
  fetchFile(sha256: string, to: string, signal: AbortSignal): Promise<boolean>;
}

export interface StoredFile {
  readonly path: string;
  readonly sha256: string;
  /** The file's own name, for people who look into the registry. */
  readonly name: string;
}

/** Can also tell whether it has a file. */
export interface SearchableFileStore extends FileStore {
  hasFile(sha256: string, signal: AbortSignal): Promise<boolean>;
}

/**
 * Says beside images who builds them now, in a short text under a tag. All of it is advice: what is written may be gone or another's at
 * any moment. Raises RegistryError.
 */
export interface ClaimStore {
  /** Seconds that may pass until all builders see what one of them has written, on top of the time that writing takes. */
  readonly delay: number;
  /** undefined: no claim stands there. */
  readClaim(name: ImageName, tag: string, signal: AbortSignal): Promise<string | undefined>;
  /** Replaces whatever claim stands there. */
  writeClaim(name: ImageName, tag: string, text: string, signal: AbortSignal): Promise<void>;
  removeClaim(name: ImageName, tag: string, signal: AbortSignal): Promise<void>;
}

export interface ClaimableRegistry {
  /** undefined: this registry has no place for claims. */
  readonly claims?: ClaimStore | undefined;
}

/** Keeps the state of the catalogue. */
export interface StateStore {
  /** Whether it has exactly this, as it was when this process read it. */
  says(name: ImageName, entry: StateEntry): Promise<boolean>;
  /** Raises RegistryError where it cannot be written. */
  change(changes: StateChanges, signal: AbortSignal): Promise<void>;
  /** The snapshot of the commit that was published last, as it was written; undefined: there is none that can be read. Raises RegistryError. */
  readSnapshot(): Promise<Buffer | undefined>;
  /** Raises RegistryError. */
  writeSnapshot(bytes: Buffer, signal: AbortSignal): Promise<void>;
}

export interface StatefulRegistry {
  /** undefined: asking this registry costs no more than reading a state. */
  readonly state?: StateStore | undefined;
}

/** A registry of images, documents and files. */
export type StoringRegistry = Registry &
  SoundRegistry &
  AttachmentStore &
  SearchableFileStore &
  ClaimableRegistry &
  StatefulRegistry;

/** An image as a registry describes it to people. */
export interface PublishedDetails extends Published {
  /** When the registry got it, ISO 8601; left out: the registry does not say. */
  readonly created?: string;
}

/** Tells more of images than building needs: their unpacked size, as registries store layers in different forms. */
export interface SizedRegistry
  extends Registry,
    SoundRegistry,
    AttachmentStore,
    SearchableFileStore,
    ClaimableRegistry,
    StatefulRegistry {
  /** Bytes of a tag's layers, not compressed; undefined: there is no such image, or it cannot be told. */
  unpackedBytes(name: ImageName, tag: string): Promise<number | undefined>;
  /** undefined where `find` gives nothing. */
  details(name: ImageName, tag: string): Promise<PublishedDetails | undefined>;
}

/**
 * Runs Buildah with these arguments and the global options that the caller's storage needs, and returns its standard output.
 * Rejects where Buildah fails. The signal ends Buildah.
 */
export type RunBuildah = (args: readonly string[], signal?: AbortSignal) => Promise<string>;

/** The registry is not reachable or refuses (exit code 4). `message` says which one and what to do. */
export class RegistryError extends Error {
  override readonly name = "RegistryError";
}
