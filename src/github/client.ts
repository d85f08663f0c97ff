import { Octokit } from "@octokit/rest";

/** A repository on GitHub, or on a server with the same REST API. */
export interface Forge {
  readonly octokit: Octokit;
  readonly owner: string;
  readonly repo: string;
}

export interface ForgeOptions {
  /** `https://api.github.com`, or `https://HOST/api/v3` for another server. */
  readonly apiUrl: string;
  /** `OWNER/NAME`. */
  readonly repository: string;
  readonly token: string;
  readonly signal: AbortSignal;
}

/** Milliseconds for one request, including its answer. */
const TIMEOUT = 30_000;

/**
 * A client without retries of its own: repeating a single request is not safe (a comment whose answer was lost would appear
 * twice), so ensure.ts repeats whole steps that look first.
 */
export function openForge({ apiUrl, repository, token, signal }: ForgeOptions): Forge {
  const [owner = "", repo = ""] = repository.split("/");
  const octokit = new Octokit({
    auth: token,
    baseUrl: apiUrl.replace(/\/+$/, ""),
    userAgent: "slipway",
    log: { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} },
  });
  octokit.hook.before("request", (options) => {
    options.request = { ...options.request, signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT)]) };
  });
  return { octokit, owner, repo };
}
