import type { Digest, ImageName } from "../model/names.js";
import type { ImageRecord } from "../model/plan.js";
import {
  type Attachment,
  type ClaimStore,
  type LocalImage,
  type Published,
  type PublishedDetails,
  type PullReference,
  RegistryError,
  type RunBuildah,
  type SizedRegistry,
  type StoredFile,
} from "../model/registry.js";
import type { DistributionAttachments } from "./attachments-distribution.js";
import { DistributionClaims } from "./claims-distribution.js";
import { type ClientOptions, DistributionClient } from "./distribution-client.js";
import type { DistributionFiles } from "./files-distribution.js";
import { ACCEPT, storedLayerBytes } from "./manifest.js";
import { type FoundManifest, isWrongManifest, readManifest } from "./manifest-answer.js";
import { DistributionState } from "./state-distribution.js";

export interface DistributionOptions extends ClientOptions {
  readonly tlsVerify: boolean;
  readonly buildah: RunBuildah;
  /** true: the state of the catalogue is not believed. */
  readonly isFresh?: boolean | undefined;
}

/** Milliseconds before a failed push is tried again, times the number of the attempt. */
const PUSH_DELAY = 1000;
/** How many times an image is pushed that is not there afterwards. */
const PUBLISH_ATTEMPTS = 2;
/** Buildah repeats some requests itself. */
const PUSH_ATTEMPTS = 3;

/** A registry reached over the OCI distribution protocol (distribution specification 1.1); Buildah pushes the blobs. */
export class DistributionRegistry implements SizedRegistry {
  readonly claims: ClaimStore;
  readonly state: DistributionState;
  readonly #options: DistributionOptions;
  readonly #client: DistributionClient;
  #attachments: Promise<DistributionAttachments> | undefined;
  #files: Promise<DistributionFiles> | undefined;
  /** The last push to each repository. */
  readonly #pushes = new Map<ImageName, Promise<void>>();

  constructor(options: DistributionOptions) {
    this.#options = options;
    this.#client = new DistributionClient(options);
    this.claims = new DistributionClaims(this.#client);
    this.state = new DistributionState(this.#client, options.isFresh ?? false);
  }

  async find(name: ImageName, tag: string): Promise<ImageRecord | undefined> {
    return (await this.#get(name, tag))?.record;
  }

  async findTags(name: ImageName, tags: readonly string[]): Promise<readonly (ImageRecord | undefined)[]> {
    const entry = await this.state.entry(name, tags);
    return Promise.all(tags.map((tag) => entry ?? this.find(name, tag)));
  }

  async isWhole(name: ImageName, tag: string): Promise<boolean> {
    const believed = await this.state.doubt(name, tag);
    return believed === undefined || (await this.find(name, tag))?.manifestDigest === believed.manifestDigest;
  }

  async publish(image: LocalImage, name: ImageName, tag: string, signal: AbortSignal): Promise<Published> {
    let entry: FoundManifest | undefined;
    // Looked up by its tag: Buildah takes any answer of status 200 for the registry's word that it has the image.
    for (let attempt = 1; attempt <= PUBLISH_ATTEMPTS && entry?.record.imageId !== image.imageId; attempt += 1) {
      await this.#pushInTurn(image, name, tag, signal);
      entry = await this.#get(name, tag, signal);
    }
    if (entry?.record.imageId !== image.imageId) {
      throw new RegistryError(
        `${this.#client.repository(name)}:${tag} is another image after the push than ${image.imageId}. ` +
          "Either something else writes this tag, or the registry changes images.",
      );
    }
    return { ...entry.record, bytes: storedLayerBytes(entry.manifest) };
  }

  async point(name: ImageName, from: string, tags: readonly string[], signal: AbortSignal): Promise<void> {
    const source = await this.#get(name, from, signal);
    if (source === undefined) {
      throw new RegistryError(
        `There is no image ${this.#client.repository(name)}:${from} to set tags for. Build it again.`,
      );
    }
    for (const tag of new Set(tags)) {
      // Reading first keeps registries content whose tags cannot be written twice.
      const current = await this.#get(name, tag, signal);
      if (current?.record.manifestDigest !== source.record.manifestDigest) {
        await this.#client.putManifest(name, tag, source, signal);
      }
    }
  }

  reference(name: ImageName, tag: string): PullReference {
    const options = this.#options.tlsVerify ? [] : ["--tls-verify=false"];
    return { reference: `docker://${this.#client.repository(name)}:${tag}`, options };
  }

  async unpackedBytes(name: ImageName, tag: string): Promise<number | undefined> {
    const entry = await this.#get(name, tag);
    if (entry === undefined) return undefined;
    const { isGzip, isPlain, sumKnown, unpackedSize } = await import("./gzip-size.js");
    const sizes = entry.manifest.layers.map(async ({ mediaType, digest, size }) => {
      if (isPlain(mediaType)) return size;
      if (!isGzip(mediaType)) return undefined;
      const answer = await this.#client.get(name, `blobs/${digest}`, { headers: { range: "bytes=-4" } });
      // A registry without support for ranges (RFC 9110, 14.2) sends the whole blob with 200.
      return answer.status === 206 ? unpackedSize(answer.body) : undefined;
    });
    return sumKnown(await Promise.all(sizes));
  }

  async details(name: ImageName, tag: string): Promise<PublishedDetails | undefined> {
    const entry = await this.#get(name, tag);
    if (entry === undefined) return undefined;
    const { record, manifest, modified } = entry;
    return { ...record, bytes: storedLayerBytes(manifest), ...(modified && { created: modified }) };
  }

  async attach(name: ImageName, subject: Digest, attachment: Attachment, signal: AbortSignal): Promise<void> {
    return (await this.#loadAttachments()).attach(name, subject, attachment, signal);
  }

  async attachments(name: ImageName, subject: Digest, artifactType: string): Promise<readonly Buffer[]> {
    return (await this.#loadAttachments()).find(name, subject, artifactType);
  }

  async storeFile(file: StoredFile, signal: AbortSignal): Promise<"stored" | "present"> {
    return (await this.#loadFiles()).store(file, signal);
  }

  async fetchFile(sha256: string, to: string, signal: AbortSignal): Promise<boolean> {
    return (await this.#loadFiles()).fetch(sha256, to, signal);
  }

  async hasFile(sha256: string, signal: AbortSignal): Promise<boolean> {
    return (await this.#loadFiles()).has(sha256, signal);
  }

  /** Loaded late: plans need neither of the two, and start times are counted in ms. */
  #loadAttachments(): Promise<DistributionAttachments> {
    this.#attachments ??= import("./attachments-distribution.js").then(
      ({ DistributionAttachments }) => new DistributionAttachments(this.#client),
    );
    return this.#attachments;
  }

  #loadFiles(): Promise<DistributionFiles> {
    this.#files ??= import("./files-distribution.js").then(
      ({ DistributionFiles }) => new DistributionFiles(this.#client),
    );
    return this.#files;
  }

  /**
   * Pushes to one repository go one after another: of eight at once with the same layers docker-registry 2.8 refused
   * some ("blob unknown"), because it rewrites the links of blobs in place. A push of another process can still
   * interfere, and a registry or the network fail for a moment, hence further attempts.
   */
  async #pushInTurn(image: LocalImage, name: ImageName, tag: string, signal: AbortSignal): Promise<void> {
    const before = this.#pushes.get(name) ?? Promise.resolve();
    const turn = before.then(async () => {
      for (let attempt = 1; ; attempt += 1) {
        signal.throwIfAborted();
        try {
          return await this.#push(image, name, tag, signal);
        } catch (error) {
          if (attempt === PUSH_ATTEMPTS) throw error;
        }
        await this.#options.sleep(PUSH_DELAY * attempt, signal);
      }
    });
    const done = turn.catch(() => {});
    this.#pushes.set(name, done);
    await turn;
  }

  async #push(image: LocalImage, name: ImageName, tag: string, signal: AbortSignal): Promise<void> {
    const id = image.imageId.slice("sha256:".length);
    const { reference, options } = this.reference(name, tag);
    try {
      await this.#options.buildah(["push", "--quiet", ...options, id, reference], signal);
    } catch (error) {
      if (signal.aborted) throw error;
      const why = error instanceof Error ? error.message : String(error);
      throw new RegistryError(`Could not push ${this.#client.repository(name)}:${tag}: ${why}`, { cause: error });
    }
  }

  async #get(name: ImageName, tag: string, signal?: AbortSignal): Promise<FoundManifest | undefined> {
    const response = await this.#client.get(name, `manifests/${tag}`, {
      headers: { accept: ACCEPT },
      isWrong: isWrongManifest,
      ...(signal && { signal }),
    });
    // No such tag or no such repository: the difference does not matter, and not every registry tells it.
    if (response.status === 404) return undefined;
    if (response.status !== 200) throw this.#client.refused(response, name);
    return readManifest(response, `${this.#client.repository(name)}:${tag}`);
  }
}
