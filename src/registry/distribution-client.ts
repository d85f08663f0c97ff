import { RegistryError } from "../model/registry.js";
import type { Actions, Authorization } from "./authorization.js";
import { HttpError, type HttpRequest, type HttpResponse } from "./http-exchange.js";
import { refused, unreachable } from "./refusal.js";
import type { Sleep } from "./retry.js";

export interface ClientOptions {
  /** `host` or `host:port`. */
  readonly host: string;
  /** The part of a repository's name before the image's: "" or `namespace/`. */
  readonly prefix: string;
  readonly authorization: Authorization;
  readonly sleep: Sleep;
}

/** Requests to the repositories of one registry. Every failure is a RegistryError that names the registry. */
export class DistributionClient {
  readonly sleep: Sleep;
  readonly #options: ClientOptions;

  constructor(options: ClientOptions) {
    this.#options = options;
    this.sleep = options.sleep;
  }

  /** `path` follows the repository: `manifests/TAG`. */
  url(name: string, path: string): URL {
    const { host, prefix } = this.#options;
    return new URL(`https://${host}/v2/${prefix}${name}/${path}`);
  }

  /** `HOST/PREFIX/NAME`, for users and for Buildah. */
  repository(name: string): string {
    return `${this.#options.host}/${this.#options.prefix}${name}`;
  }

  get(name: string, path: string, more: Partial<HttpRequest> = {}): Promise<HttpResponse> {
    return this.send("pull", name, { method: "GET", url: this.url(name, path), headers: {}, ...more });
  }

  async send(actions: Actions, name: string, request: HttpRequest): Promise<HttpResponse> {
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

  /** Puts a manifest under a tag or its digest. */
  async putManifest(
    name: string,
    reference: string,
    manifest: { readonly bytes: Uint8Array; readonly mediaType: string },
    signal: AbortSignal,
  ): Promise<HttpResponse> {
    const response = await this.send("pull,push", name, {
      method: "PUT",
      url: this.url(name, `manifests/${reference}`),
      headers: { "content-type": manifest.mediaType },
      body: manifest.bytes,
      signal,
    });
    if (response.status < 200 || response.status > 299) throw this.refused(response, `${name}:${reference}`);
    return response;
  }

  /** `what` is a repository, perhaps with a tag. */
  refused(response: HttpResponse, what: string): RegistryError {
    return refused(this.#options.host, this.#options.prefix + what, response);
  }
}
