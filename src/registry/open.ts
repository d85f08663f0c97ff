import { join, resolve } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { RegistryError, type RunBuildah, type SizedRegistry } from "../model/registry.js";
import { registryTimeout } from "../model/registry-timeout.js";
import { authFiles, findCredentials } from "./auth-file.js";
import { Authorization } from "./authorization.js";
import { DistributionRegistry } from "./distribution.js";
import type { HttpExchange } from "./http-exchange.js";
import { digestOf } from "./manifest.js";
import { OciLayout } from "./oci-layout.js";
import { retrying, type Sleep } from "./retry.js";

export interface OpenOptions {
  /** false: accepts `docker://` registries with an unknown certificate, or without TLS. */
  readonly tlsVerify: boolean;
  /** Absolute; `oci:DIR` starts here. */
  readonly cwd: string;
  readonly buildah: RunBuildah;
  /** Its variables say where credentials and certificates are. */
  readonly env: NodeJS.ProcessEnv;
  /** An absolute directory for what is known of the blobs of layouts (checked-blobs.ts); left out: nothing is kept. */
  readonly checked?: string;
  /** Is told of damage in a layout, a line each. */
  readonly note?: (text: string) => void;
  /** true: one attempt, and HASTE for its answer. */
  readonly isHasty?: boolean;
  /** true: the state of the catalogue that a registry keeps is not believed. */
  readonly isFresh?: boolean;
  /** Left out: real time. */
  readonly sleep?: Sleep;
  /** Milliseconds since 1970; left out: real time. */
  readonly now?: () => number;
}

const HOST = /^(?:[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?|\[[0-9a-fA-F:]+\])(?::[0-9]{1,5})?$/;
/** Distribution specification, "pulling manifests": a part of a repository's name. */
const COMPONENT = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*$/;

const EXPECTED = "Write oci:DIRECTORY or docker://HOST[:PORT][/PREFIX].";

/** Opens a registry by its reference. Nothing is read or requested before the first use. RegistryError: not such a reference. */
export function openRegistry(reference: string, options: OpenOptions): SizedRegistry {
  if (reference.startsWith("docker://")) return openDistribution(reference, options);
  if (reference.startsWith("oci:")) return openLayout(reference, options);
  throw new RegistryError(`"${reference}" names no registry. ${EXPECTED}`);
}

function openLayout(reference: string, options: OpenOptions): SizedRegistry {
  const directory = parseLayout(reference, options.cwd);
  return new OciLayout(directory, options.buildah, layoutOptions(directory, options));
}

/** The directory of `oci:DIR`. RegistryError: it can be none. */
export function parseLayout(reference: string, cwd: string): string {
  const path = reference.startsWith("oci:") ? reference.slice("oci:".length) : "";
  if (path === "") throw new RegistryError(`"${reference}" names no directory. ${EXPECTED}`);
  const directory = resolve(cwd, path);
  // In oci:PATH:NAME:TAG the path ends at the first colon (containers-transports(5)).
  if (directory.includes(":")) {
    throw new RegistryError(
      `"${directory}" cannot hold a registry: Buildah allows no ":" in its path. Move it elsewhere.`,
    );
  }
  return directory;
}

export function layoutOptions(directory: string, { checked, note }: Pick<OpenOptions, "checked" | "note">) {
  const name = `${digestOf(Buffer.from(directory)).slice("sha256:".length)}.json`;
  return { checked: checked && join(checked, name), note };
}

function openDistribution(reference: string, options: OpenOptions): SizedRegistry {
  const { tlsVerify, buildah, isFresh, sleep = realSleep } = options;
  const { host, prefix } = parseDistribution(reference);
  const authorization = authorizationFor(host, options);
  return new DistributionRegistry({ host, prefix, tlsVerify, authorization, buildah, sleep, isFresh });
}

/**
 * How people name a tag (`NAME:TAG`) of a registry: `HOST/PREFIX/NAME:TAG` as Docker and Podman take it, or
 * `oci:DIRECTORY:NAME:TAG` (containers-transports(5)) with an absolute directory. The reference is one that `openRegistry` takes.
 */
export function tagReference(reference: string, cwd: string, tag: string): string {
  if (reference.startsWith("docker://")) return `${reference.slice("docker://".length).replace(/\/$/, "")}/${tag}`;
  return `oci:${resolve(cwd, reference.slice("oci:".length))}:${tag}`;
}

export type AccessOptions = Omit<OpenOptions, "cwd" | "buildah">;

/** Access to one registry, with the credentials that `buildah login` has stored for it. */
export function authorizationFor(host: string, options: AccessOptions): Authorization {
  const { tlsVerify, env, isHasty = false, sleep = realSleep, now = Date.now } = options;
  const seconds = registryTimeout(env);
  const exchange = lazyExchange(tlsVerify, env, isHasty ? HASTE : seconds && seconds * 1000);
  const files = authFiles(env, process.getuid?.() ?? 0);
  return new Authorization(isHasty ? exchange : retrying(exchange, sleep, now), {
    credentials: (repository) =>
      findCredentials(`${host}/${repository}`, files, async (name, server) => {
        const { runCredentialHelper } = await import("./credential-helper.js");
        return runCredentialHelper(name, server, env);
      }),
    tlsVerify,
    now,
  });
}

export function parseDistribution(reference: string): { host: string; prefix: string } {
  const rest = reference.slice("docker://".length).replace(/\/$/, "");
  // Not repeated in the message: the part before an @ may be a password.
  if (rest.includes("@")) {
    throw new RegistryError(`A registry is named without credentials and digest: log in instead. ${EXPECTED}`);
  }
  const [host = "", ...components] = rest.split("/");
  if (!HOST.test(host)) throw new RegistryError(`"${reference}" names no host. ${EXPECTED}`);
  const wrong = components.find((component) => !COMPONENT.test(component));
  if (wrong !== undefined) {
    throw new RegistryError(
      `"${reference}" has a part that no repository can have: "${wrong}". Use lower-case words joined by ".", "_" or "-", and no tag.`,
    );
  }
  return { host, prefix: components.map((component) => `${component}/`).join("") };
}

/** Milliseconds. */
const HASTE = 3000;

/** Node's TLS takes longer to load than most commands take to run, and a layout never needs it. */
function lazyExchange(tlsVerify: boolean, env: NodeJS.ProcessEnv, timeout?: number): HttpExchange {
  let exchange: Promise<HttpExchange> | undefined;
  return async (request) => {
    exchange ??= import("./http.js").then(({ httpExchange }) =>
      httpExchange({ tlsVerify, env, ...(timeout && { timeout }) }),
    );
    return (await exchange)(request);
  };
}

export async function realSleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
  await wait(milliseconds, undefined, signal && { signal });
}
