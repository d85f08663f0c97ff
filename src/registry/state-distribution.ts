import { gunzipSync, gzipSync } from "node:zlib";
import type { CatalogueState, StateChanges, StateEntry } from "../model/catalogue-state.js";
import type { ImageName } from "../model/names.js";
import { RegistryError, type StateStore } from "../model/registry.js";
import { artifact, EMPTY_BYTES, EMPTY_CONFIG, layerOf, type OciArtifact, STATE } from "./artifact.js";
import type { DistributionClient } from "./distribution-client.js";
import { HttpError, WRONG_ANSWER } from "./http-exchange.js";
import { ACCEPT, digestOf } from "./manifest.js";
import { changedState, formatState, parseState } from "./state-file.js";
import { uploadBlob } from "./upload.js";

const TYPE = "application/vnd.slipway.state.v1";
const TAG = "latest";
const SNAPSHOT_TYPE = "application/vnd.slipway.snapshot.v1";
const SNAPSHOT_TAG = "snapshot";
/** How many times a change is written that another writer has replaced. */
const ATTEMPTS = 5;

/** Bytes, unpacked: that of 50,000 images takes a tenth. */
const SNAPSHOT_LIMIT = 256 * 1024 * 1024;

const NOTHING: CatalogueState = new Map();

/**
 * The state of the catalogue as one artifact (image specification 1.1, manifest.md) in a repository of its own. A registry cannot compare
 * before it writes, so of two who write at the same moment the last one wins. Therefore an image is taken out before its tags move, and put
 * in afterwards: what is lost then, by another writer or because this one is killed, leaves the image out.
 */
export class DistributionState implements StateStore {
  readonly #client: DistributionClient;
  readonly #isFresh: boolean;
  #known: Promise<CatalogueState> | undefined;
  /** Images that are asked about from now on. */
  readonly #doubted = new Set<ImageName>();

  /** `isFresh`: what is written there is not believed. */
  constructor(client: DistributionClient, isFresh: boolean) {
    this.#client = client;
    this.#isFresh = isFresh;
  }

  /** The image that all of the tags name; undefined: ask the registry. Raises RegistryError where it cannot be reached. */
  async entry(name: ImageName, tags: readonly string[]): Promise<StateEntry | undefined> {
    if (this.#isFresh || this.#doubted.has(name)) return undefined;
    this.#known ??= this.#read();
    const entry = (await this.#known).get(name);
    return entry && tags.every((tag) => entry.tags.includes(tag)) ? entry : undefined;
  }

  /** What was believed so far of an image that has this tag; from now on, everything of it is asked. */
  async doubt(name: ImageName, tag: string): Promise<StateEntry | undefined> {
    const entry = await this.entry(name, [tag]);
    this.#doubted.add(name);
    return entry;
  }

  async says(name: ImageName, entry: StateEntry): Promise<boolean> {
    const known = this.#known && (await this.#known);
    return known !== undefined && changedState(known, new Map([[name, entry]])) === known;
  }

  async change(changes: StateChanges, signal: AbortSignal): Promise<void> {
    for (let attempt = 1; ; attempt += 1) {
      const manifest = await this.#manifest(signal);
      const before = await this.#content(manifest, signal);
      const after = changedState(before, changes);
      if (after === before) return;
      if (attempt > ATTEMPTS)
        throw new RegistryError(`Others keep replacing ${this.#client.repository(STATE)}:${TAG}.`);
      const written = await this.#upload(TYPE, formatState(after), signal);
      // What another one has written meanwhile must not be lost: the time in which that can happen is that of one request.
      const now = await this.#manifest(signal);
      if (now.equals(manifest)) await this.#client.putManifest(STATE, TAG, written, signal);
    }
  }

  /** Whatever cannot be read counts as nothing, unless the registry cannot be reached: then no question would be answered, either. */
  async #read(): Promise<CatalogueState> {
    try {
      return await this.#content(await this.#manifest());
    } catch (error) {
      if (!(error instanceof RegistryError)) throw error;
      const isUnreachable = error.cause instanceof HttpError && error.cause.code !== WRONG_ANSWER;
      if (isUnreachable) throw error;
      return NOTHING;
    }
  }

  async readSnapshot(): Promise<Buffer | undefined> {
    const bytes = await this.#blob(await this.#manifest(undefined, SNAPSHOT_TAG));
    try {
      return bytes && gunzipSync(bytes, { maxOutputLength: SNAPSHOT_LIMIT });
    } catch {
      return undefined;
    }
  }

  /** The last one who writes has it, as any snapshot is as good. */
  async writeSnapshot(bytes: Buffer, signal: AbortSignal): Promise<void> {
    const written = await this.#upload(SNAPSHOT_TYPE, gzipSync(bytes, { level: 1 }), signal);
    await this.#client.putManifest(STATE, SNAPSHOT_TAG, written, signal);
  }

  /** No bytes where there is none. */
  async #manifest(signal?: AbortSignal, tag = TAG): Promise<Buffer> {
    const answer = await this.#client.get(STATE, `manifests/${tag}`, {
      headers: { accept: ACCEPT },
      ...(signal && { signal }),
    });
    return answer.status === 200 ? answer.body : Buffer.alloc(0);
  }

  async #content(manifest: Buffer, signal?: AbortSignal): Promise<CatalogueState> {
    const bytes = await this.#blob(manifest, signal);
    return (bytes && parseState(bytes)) ?? NOTHING;
  }

  /** What an artifact consists of; undefined: it is no artifact, or damaged. */
  async #blob(manifest: Buffer, signal?: AbortSignal): Promise<Buffer | undefined> {
    const layer = layerOf(manifest);
    if (layer === undefined) return undefined;
    const { status, body } = await this.#client.get(STATE, `blobs/${layer.digest}`, { ...(signal && { signal }) });
    return status === 200 && digestOf(body) === layer.digest ? body : undefined;
  }

  async #upload(type: string, bytes: Buffer, signal: AbortSignal): Promise<OciArtifact> {
    const layer = { mediaType: `${type}+gzip`, digest: digestOf(bytes), size: bytes.length };
    await uploadBlob(this.#client, STATE, { digest: EMPTY_CONFIG.digest, body: EMPTY_BYTES }, signal);
    await uploadBlob(this.#client, STATE, { digest: layer.digest, body: bytes }, signal);
    return artifact({ artifactType: type, layer });
  }
}
