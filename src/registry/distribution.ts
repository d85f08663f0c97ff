import type { ImageName } from "../model/names.js";
import type { ImageRecord } from "../model/plan.js";
import {
  type LocalImage,
  type Published,
  type PullReference,
  RegistryError,
  type RunBuildah,
  type SizedRegistry,
} from "../model/registry.js";
import type { Authorization } from "./authorization.js";
import { HttpError, type HttpRequest, type HttpResponse } from "./http-exchange.js";
import { ACCEPT, layerBytes } from "./manifest.js";
import { type FoundManifest, readManifest } from "./manifest-answer.js";
import { refused, unreachable } from "./refusal.js";
import type { Sleep } from "./retry.js";

export interface DistributionOptions {
  /** `host` or `host:port`. */
  readonly host: string;
  /** What comes before an image's name in its repository: "" or `namespace/`. */
  readonly prefix: string;
  readonly tlsVerify: boolean;
  readonly authorization: Authorization;
  readonly buildah: RunBuildah;
  readonly sleep: Sleep;
}

/** Milliseconds before a failed push is tried again. */
const PUSH_DELAY = 1000;

/** A registry reached over the OCI distribution protocol (distribution specification 1.1); Buildah pushes the blobs. */
export class DistributionRegistry implements SizedRegistry {
  readonly #options: DistributionOptions;
  /** The last push to each repository. */
  readonly #pushes = new Map<ImageName, Promise<void>>();

  constructor(options: DistributionOptions) {
    this.#options = options;
  }

  async find(name: ImageName, tag: string): Promise<ImageRecord | undefined> {
    return (await this.#get(name, tag))?.record;
  }

  async publish(image: LocalImage, name: ImageName, tag: string, signal: AbortSignal): Promise<Published> {
    await this.#pushInTurn(image, name, tag, signal);
    const found = await this.#get(name, tag, signal);
    if (found?.record.imageId !== image.imageId) {
      throw new RegistryError(
        `${this.#repository(name)}:${tag} is another image after the push than ${image.imageId}. ` +
          "Either something else writes this tag, or the registry changes images.",
      );
    }
    return { ...found.record, bytes: layerBytes(found.manifest) };
  }

  async point(name: ImageName, from: string, tags: readonly string[], signal: AbortSignal): Promise<void> {
    const source = await this.#get(name, from, signal);
    if (source === undefined) {
      throw new RegistryError(`There is no image ${this.#repository(name)}:${from} to set tags for. Build it again.`);
    }
    for (const tag of new Set(tags)) {
      // Reading first keeps registries content whose tags cannot be written twice.
      const current = await this.#get(name, tag, signal);
      if (current?.record.manifestDigest !== source.record.manifestDigest) await this.#put(name, tag, source, signal);
    }
  }

  reference(name: ImageName, tag: string): PullReference {
    const options = this.#options.tlsVerify ? [] : ["--tls-verify=false"];
    return { reference: `docker://${this.#repository(name)}:${tag}`, options };
  }

  async unpackedBytes(name: ImageName, tag: string): Promise<number | undefined> {
    const found = await this.#get(name, tag);
    if (found === undefined) return undefined;
    const { isGzip, isPlain, sumKnown, unpackedSize } = await import("./gzip-size.js");
    const sizes = found.manifest.layers.map(async ({ mediaType, digest, size }) => {
      if (isPlain(mediaType)) return size;
      const { host, prefix } = this.#options;
      const url = new URL(`https://${host}/v2/${prefix}${name}/blobs/${digest}`);
      if (!isGzip(mediaType)) return undefined;
      const answer = await this.#send("pull", name, { method: "GET", url, headers: { range: "bytes=-4" } });
      // A registry that knows no ranges (RFC 9110, 14.2) sends the whole blob with 200.
      return answer.status === 206 ? unpackedSize(answer.body) : undefined;
    });
    return sumKnown(await Promise.all(sizes));
  }

  /**
   * Pushes to one repository go one after another: of eight at once with the same layers docker-registry 2.8 refused
   * some ("blob unknown"), because it rewrites the links of blobs in place. A push of another process can still get
   * in the way, hence the second attempt.
   */
  async #pushInTurn(image: LocalImage, name: ImageName, tag: string, signal: AbortSignal): Promise<void> {
    const before = this.#pushes.get(name) ?? Promise.resolve();
    const turn = before.then(async () => {
      signal.throwIfAborted();
      try {
        await this.#push(image, name, tag, signal);
      } catch {
        await this.#options.sleep(PUSH_DELAY, signal);
        await this.#push(image, name, tag, signal);
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
      throw new RegistryError(`Could not push ${this.#repository(name)}:${tag}: ${why}`, { cause: error });
    }
  }

  async #get(name: ImageName, tag: string, signal?: AbortSignal): Promise<FoundManifest | undefined> {
    const response = await this.#send("pull", name, {
      method: "GET",
      url: this.#manifestUrl(name, tag),
      headers: { accept: ACCEPT },
      ...(signal && { signal }),
    });
    // No such tag or no such repository: the difference does not matter, and not every registry tells it.
    if (response.status === 404) return undefined;
    if (response.status !== 200) throw this.#refused(response, name);
    return readManifest(response, `${this.#repository(name)}:${tag}`);
  }

  async #put(name: ImageName, tag: string, { bytes, mediaType }: FoundManifest, signal: AbortSignal): Promise<void> {
    const response = await this.#send("pull,push", name, {
      method: "PUT",
      url: this.#manifestUrl(name, tag),
      headers: { "content-type": mediaType },
      body: bytes,
      signal,
    });
    if (response.status < 200 || response.status > 299) throw this.#refused(response, `${name}:${tag}`);
  }

  async #send(actions: "pull" | "pull,push", name: ImageName, request: HttpRequest): Promise<HttpResponse> {
    const { authorization, host, prefix } = this.#options;
    try {
      return await authorization.send(request, { repository: prefix + name, actions });
    } catch (error) {
      if (error instanceof RegistryError) {
        throw new RegistryError(`Registry ${host}: ${error.message}`, { cause: error });
      }
      if (!(error instanceof HttpError)) throw error;
      throw unreachable(host, error);
    }
  }

  #refused(response: HttpResponse, what: string): RegistryError {
    return refused(this.#options.host, this.#options.prefix + what, response);
  }

  #repository(name: ImageName): string {
    return `${this.#options.host}/${this.#options.prefix}${name}`;
  }

  #manifestUrl(name: ImageName, tag: string): URL {
    const { host, prefix } = this.#options;
    return new URL(`https://${host}/v2/${prefix}${name}/manifests/${tag}`);
  }
}
