import { rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { makeDirectory } from "../system/make-directory.js";
import { DownloadProblem, resolveBySystem } from "./download-address.js";
import type { RequestDeps } from "./download-request.js";
import { receive } from "./receive-file.js";

export interface AdvisoryMirror {
  /** Base address, with `/` at its end. */
  readonly base: string;
  /** Gets a folder for every ecosystem, with what the mirror has of it. */
  readonly directory: string;
  readonly request: Omit<RequestDeps, "resolve" | "timeout"> & Partial<Pick<RequestDeps, "resolve" | "timeout">>;
}

const TIMEOUT = 60_000;
/** The largest ecosystem has about 300 MB. */
const SIZE_LIMIT = 2 * 1024 ** 3;

export class MirrorProblem extends Error {
  override readonly name = "MirrorProblem";
}

/**
 * Fetches what a mirror of OSV has of these ecosystems; an older file stays until the new one is complete. Returns those that the
 * mirror has nothing of. Raises MirrorProblem.
 */
export async function fetchAdvisories(
  { base, directory, request }: AdvisoryMirror,
  ecosystems: readonly string[],
  signal: AbortSignal,
): Promise<readonly string[]> {
  const missing: string[] = [];
  for (const ecosystem of ecosystems) {
    const folder = join(directory, ecosystem);
    makeDirectory(folder);
    const part = join(folder, `all.zip.${process.pid}.part`);
    try {
      const url = new URL(`${encodeURIComponent(ecosystem)}/all.zip`, base);
      const deps = { resolve: resolveBySystem, timeout: TIMEOUT, ...request };
      await receive(url, part, { ...deps, limit: SIZE_LIMIT, signal });
      await rename(part, join(folder, "all.zip"));
    } catch (error) {
      if (!(error instanceof DownloadProblem)) throw error;
      if (error.status !== 404)
        throw new MirrorProblem(`advisories of ${ecosystem} cannot be fetched: ${error.message}`);
      missing.push(ecosystem);
    } finally {
      await rm(part, { force: true });
    }
  }
  return missing;
}
