import { readFileSync } from "node:fs";
import { join } from "node:path";
import { RegistryError } from "../model/registry.js";
import { isRecord } from "./manifest.js";

/** Never part of a message or a log. */
export type Credentials =
  | { readonly type: "password"; readonly username: string; readonly password: string }
  /** A refresh token for the token server (Docker's "identity token"). */
  | { readonly type: "identity"; readonly token: string };

/** Asks the program `docker-credential-NAME` for a server's credentials; undefined where it has none. */
export type CredentialHelper = (name: string, server: string) => Promise<Credentials | undefined>;

interface AuthFile {
  readonly path: string;
  readonly auths: Readonly<Record<string, unknown>>;
  readonly credHelpers: Readonly<Record<string, unknown>>;
  readonly credsStore: unknown;
}

/**
 * The files that may hold credentials, in the order in which they are read (containers-auth.json(5)). Buildah reads the same files, so
 * `buildah login` is all that a user needs. `uid` stands in where XDG_RUNTIME_DIR is not set.
 */
export function authFiles(env: NodeJS.ProcessEnv, uid: number): readonly string[] {
  if (env.REGISTRY_AUTH_FILE) return [env.REGISTRY_AUTH_FILE];
  const runtime = env.XDG_RUNTIME_DIR || `/run/containers/${uid}`;
  const files = [join(runtime, "containers/auth.json")];
  if (!env.XDG_RUNTIME_DIR) files[0] = join(runtime, "auth.json");
  const config = env.XDG_CONFIG_HOME || (env.HOME && join(env.HOME, ".config"));
  if (config) files.push(join(config, "containers/auth.json"));
  const docker = env.DOCKER_CONFIG || (env.HOME && join(env.HOME, ".docker"));
  if (docker) files.push(join(docker, "config.json"));
  return files;
}

/**
 * The credentials for a repository (`host[:port]/namespace/name`): those of the first file that has any, and there the ones with the
 * most specific key. A credential helper for the host goes before the file's own entries, a store after them. RegistryError: a file
 * is not JSON, or a helper fails.
 */
export async function findCredentials(
  repository: string,
  files: readonly string[],
  helper: CredentialHelper,
): Promise<Credentials | undefined> {
  const keys = repository.split("/").map((_, index, parts) => parts.slice(0, parts.length - index).join("/"));
  const host = keys.at(-1) ?? repository;
  for (const path of files) {
    const file = readAuthFile(path);
    if (file === undefined) continue;
    const own = file.credHelpers[host];
    const credentials =
      (typeof own === "string" ? await helper(own, host) : undefined) ??
      entryOf(file, keys, host) ??
      (typeof file.credsStore === "string" && file.credsStore !== "" ? await helper(file.credsStore, host) : undefined);
    if (credentials !== undefined) return credentials;
  }
  return undefined;
}

function entryOf(file: AuthFile, keys: readonly string[], host: string): Credentials | undefined {
  for (const key of keys) {
    const credentials = Object.hasOwn(file.auths, key) ? readEntry(file.auths[key], file.path, key) : undefined;
    if (credentials !== undefined) return credentials;
  }
  // Old files of Docker have addresses as keys, for instance https://HOST/v1/.
  for (const [key, entry] of Object.entries(file.auths)) {
    const address = /^https?:\/\/([^/]*)/.exec(key)?.[1];
    if (address === host || (address === "index.docker.io" && host === "docker.io")) {
      const credentials = readEntry(entry, file.path, key);
      if (credentials !== undefined) return credentials;
    }
  }
  return undefined;
}

/** An empty entry says that a store has the credentials. */
function readEntry(entry: unknown, path: string, key: string): Credentials | undefined {
  if (!isRecord(entry)) return undefined;
  if (typeof entry.identitytoken === "string" && entry.identitytoken !== "") {
    return { type: "identity", token: entry.identitytoken };
  }
  if (typeof entry.auth !== "string" || entry.auth === "") return undefined;
  const text = Buffer.from(entry.auth, "base64").toString("utf8");
  const colon = text.indexOf(":");
  if (colon < 1) throw new RegistryError(`${path}: the entry for ${key} is not readable. Log in again.`);
  // Docker pads with NUL characters.
  return { type: "password", username: text.slice(0, colon), password: text.slice(colon + 1).replace(/\0+$/, "") };
}

function readAuthFile(path: string): AuthFile | undefined {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    const { code = "" } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR" || code === "EACCES") return undefined;
    throw new RegistryError(`${path} cannot be read: ${code}`, { cause: error });
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // Without the parser's message, which quotes the text: this file holds secrets.
    throw new RegistryError(`${path} is not JSON. Correct or remove it, then log in again.`);
  }
  if (!isRecord(value)) throw new RegistryError(`${path} is not a file of credentials. Remove it, then log in again.`);
  const { auths, credHelpers, credsStore } = value;
  return {
    path,
    auths: isRecord(auths) ? auths : {},
    credHelpers: isRecord(credHelpers) ? credHelpers : {},
    credsStore,
  };
}
