import { appendFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import type { DownloadSettings } from "../model/catalogue.js";
import { hashFile } from "../system/hash-file.js";
import { makeDirectory } from "../system/make-directory.js";
import { DownloadProblem, type Resolve, resolveBySystem } from "./download-address.js";
import { receive } from "./receive-file.js";
import { StepFailure } from "./runner.js";

export interface DownloadDeps {
  readonly settings: DownloadSettings;
  /** A directory that is kept and that several processes may share; made where it is missing. */
  readonly cache: string;
  readonly env: NodeJS.ProcessEnv;
  /** Authorities to trust, as PEM. */
  readonly ca: readonly string[];
  /** Two processes that want the same file fetch it once. */
  readonly lock: <T>(name: string, signal: AbortSignal, action: () => Promise<T>) => Promise<T>;
  /** Left out: the system's. */
  readonly resolve?: Resolve;
  /** Milliseconds until an answer begins, and between two parts of it; left out: TIMEOUT. */
  readonly timeout?: number;
  /** Bytes; left out: SIZE_LIMIT. */
  readonly limit?: number;
}

export interface Download {
  readonly url: string;
  /** 64 hex digits. */
  readonly sha256: string;
  /** Other addresses of the same bytes. */
  readonly mirrors: readonly string[];
}

/** Returns the path of a file in the cache whose content has the hash. Raises StepFailure. */
export type Downloader = (download: Download, job: { signal: AbortSignal; log: string }) => Promise<string>;

const TIMEOUT = 60_000;
const SIZE_LIMIT = 4 * 1024 ** 3;

/** Requests for the same file, at the same time or later, share one download. */
export function createDownloader(deps: DownloadDeps): Downloader {
  const pending = new Map<string, Promise<string>>();
  return (download, { signal, log }) => {
    const id = JSON.stringify([download.sha256, download.url, ...download.mirrors]);
    const before = pending.get(id);
    if (before) return before;
    const path = obtain(deps, download, { signal, log });
    pending.set(id, path);
    // A failure is not kept: the next image that needs the file tries again.
    path.catch(() => pending.delete(id));
    return path;
  };
}

interface Job {
  readonly signal: AbortSignal;
  readonly log: string;
}

async function obtain(deps: DownloadDeps, download: Download, { signal, log }: Job): Promise<string> {
  const directory = join(deps.cache, "sha256");
  const path = join(directory, download.sha256);
  makeDirectory(directory);
  try {
    return await deps.lock(`download-${download.sha256}`, signal, async () => {
      if ((await hashOf(path)) === download.sha256) return path;
      // Somebody, or the disk, has changed it.
      await rm(path, { force: true });
      await fetchAny(deps, download, { path, signal, log });
      return path;
    });
  } catch (error) {
    if (signal.aborted) throw new StepFailure("INTERRUPTED", "interrupted");
    throw error;
  }
}

/** undefined: there is no such file. */
const hashOf = (path: string) =>
  hashFile(path).then(
    ({ sha256 }) => sha256,
    () => undefined,
  );

/** Tries one address after the other, and reports every failure when all have failed. */
async function fetchAny(deps: DownloadDeps, download: Download, target: Job & { readonly path: string }) {
  const problems: string[] = [];
  const addresses = addressesOf(download, deps.settings);
  for (const address of addresses) {
    await appendFile(target.log, `downloading ${shown(address)}\n`);
    try {
      return await fetchOne(deps, address, { ...target, sha256: download.sha256 });
    } catch (error) {
      target.signal.throwIfAborted();
      if (!(error instanceof DownloadProblem)) throw error;
      problems.push(addresses.length === 1 ? error.message : `${shown(address)}: ${error.message}`);
    }
  }
  throw new StepFailure("DOWNLOAD_FAILED", `cannot download ${shown(download.url)}: ${problems.join("; ")}`);
}

/** The catalogue's mirrors first, the best match in front, then the address itself, then the artifact's other addresses. */
export function addressesOf({ url, mirrors }: Download, settings: DownloadSettings): readonly string[] {
  const fitting = [...settings.mirrors].filter(([prefix]) => url.startsWith(prefix));
  const replaced = fitting
    .sort(([a], [b]) => b.length - a.length)
    .map(([prefix, replacement]) => `${replacement}${url.slice(prefix.length)}`);
  return [...new Set([...replaced, url, ...mirrors])];
}

async function fetchOne(
  deps: DownloadDeps,
  address: string,
  { path, sha256, signal }: { readonly path: string; readonly sha256: string; readonly signal: AbortSignal },
): Promise<void> {
  if (!URL.canParse(address)) throw new DownloadProblem("it is no URL");
  // Nobody else uses it, because the mutex is held. What a killed run has left is overwritten.
  const temporary = `${path}.part`;
  try {
    const actual = await receive(new URL(address), temporary, { ...requestDeps(deps), signal });
    if (actual !== sha256) throw new DownloadProblem(`its sha256 is ${actual}, expected ${sha256}`);
    await rename(temporary, path);
  } finally {
    await rm(temporary, { force: true });
  }
}

function requestDeps({
  settings,
  env,
  ca,
  resolve = resolveBySystem,
  timeout = TIMEOUT,
  limit = SIZE_LIMIT,
}: DownloadDeps) {
  const privateHosts = new Set(settings.privateHosts.map((host) => host.toLowerCase()));
  return { env, ca, resolve, timeout, limit, privateHosts };
}

/** An address without the parts that may be secret. */
function shown(address: string): string {
  if (!URL.canParse(address)) return JSON.stringify(address);
  const { protocol, host, pathname } = new URL(address);
  return `${protocol}//${host}${pathname}`;
}
