import type { Digest } from "../model/names.js";
import { RegistryError } from "../model/registry.js";
import { HttpError, type HttpRequest, type HttpResponse } from "./http-exchange.js";
import { ACCEPT, digestOf, isDigest } from "./manifest.js";
import { isWrongManifest } from "./manifest-answer.js";
import { type AccessOptions, authorizationFor } from "./open.js";
import { refused, unreachable } from "./refusal.js";

export interface ExternalReference {
  /** As credentials are stored for it: `docker.io`, `registry.example:5000`. */
  readonly host: string;
  readonly repository: string;
  readonly tag: string;
}

/** The usual name of Docker's registry is not the name of its host. */
const DOCKER_HUB = "docker.io";
const DOCKER_HUB_HOST = "registry-1.docker.io";

/** Reads `[HOST/]NAME[:TAG]` as Docker and Buildah do; undefined: it has a digest, or another form. */
export function parseExternalReference(ref: string): ExternalReference | undefined {
  const match = /^(?:([^/@]*[.:][^/@]*|localhost)\/)?([^:@]+?)(?::([A-Za-z0-9_][A-Za-z0-9_.-]{0,127}))?$/.exec(ref);
  if (match === null) return undefined;
  const [, host = DOCKER_HUB, name = "", tag = "latest"] = match;
  if (!name.split("/").every((part) => /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*$/.test(part))) return undefined;
  const isHub = host === DOCKER_HUB || host === `index.${DOCKER_HUB}`;
  if (!isHub) return { host, repository: name, tag };
  return { host: DOCKER_HUB, repository: name.includes("/") ? name : `library/${name}`, tag };
}

/**
 * The current digest of a tag; that of an image index where there are several platforms. HEAD first: some registries count each
 * GET of a manifest as a download. RegistryError: the registry does not answer, refuses, or has no such tag.
 */
export async function tagDigest(
  reference: ExternalReference,
  options: AccessOptions,
  signal: AbortSignal,
): Promise<Digest> {
  const ask = manifestAsker(reference, options, signal);
  const claimed = (await ask("HEAD", reference.tag)).headers["docker-content-digest"];
  return isDigest(claimed) ? claimed : digestOf((await ask("GET", reference.tag)).body);
}

/** Asks for manifests by tag or digest. RegistryError: the registry does not answer, refuses, or has none of that name. */
export function manifestAsker({ host, repository }: ExternalReference, options: AccessOptions, signal: AbortSignal) {
  const authorization = authorizationFor(host, options);
  const server = host === DOCKER_HUB ? DOCKER_HUB_HOST : host;
  return async (method: HttpRequest["method"], name: string): Promise<HttpResponse> => {
    const url = new URL(`https://${server}/v2/${repository}/manifests/${name}`);
    const what = `${repository}${name.includes(":") ? "@" : ":"}${name}`;
    try {
      const isWrong = (answer: HttpResponse) =>
        method === "GET" && isWrongManifest(answer, isDigest(name) ? name : undefined);
      const request = { method, url, headers: { accept: ACCEPT }, signal, isWrong };
      const answer = await authorization.send(request, { repository, actions: "pull" });
      if (answer.status === 404) throw new RegistryError(`Registry ${host} has no ${what}.`);
      if (answer.status !== 200) throw refused(host, what, answer);
      return answer;
    } catch (error) {
      if (!(error instanceof HttpError)) throw error;
      throw unreachable(host, error);
    }
  };
}
