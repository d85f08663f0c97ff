import { readFile } from "node:fs/promises";
import { setTimeout as wait } from "node:timers/promises";
import type { Context } from "../../context.js";
import { CommandError, EXIT } from "../../exit.js";
import { type Forge, openForge } from "../../github/client.js";
import type { EnsureDeps } from "../../github/ensure.js";
import type { GitAccess } from "../../github/git-access.js";
import type { RunOrigin } from "../../github/pull.js";

/** Access to the forge, as the environment (of GitHub Actions, or of the caller) configures it. */
export interface ForgeAccess {
  readonly forge: Forge;
  readonly git: GitAccess;
  /** The address that Git fetches the repository from. */
  readonly remote: string;
  readonly deps: EnsureDeps;
  /** The page of this workflow run; undefined outside of one. */
  readonly runUrl: string | undefined;
}

/**
 * Reads GITHUB_TOKEN, GITHUB_REPOSITORY, GITHUB_API_URL and GITHUB_SERVER_URL; GitHub Actions sets all but the token. Fails with a
 * usage error where one of the first two is missing.
 */
export function forgeAccess({ env, signal }: Context): ForgeAccess {
  const token = required(env, "GITHUB_TOKEN", "a token for the repository");
  const repository = required(env, "GITHUB_REPOSITORY", "OWNER/NAME");
  if (!/^[\w.-]+\/[\w.-]+$/.test(repository)) {
    throw new CommandError(EXIT.usage, `GITHUB_REPOSITORY is ${JSON.stringify(repository)}`, "it must be OWNER/NAME");
  }
  const serverUrl = (env.GITHUB_SERVER_URL ?? "https://github.com").replace(/\/+$/, "");
  const forge = openForge({ apiUrl: apiUrl(env), repository, token, signal });
  const run = env.GITHUB_RUN_ID;
  return {
    forge,
    git: { serverUrl, token, env, signal },
    remote: `${serverUrl}/${repository}.git`,
    deps: { signal, sleep: (milliseconds, by) => wait(milliseconds, undefined, { signal: by }), now: Date.now },
    runUrl: run !== undefined && /^\d+$/.test(run) ? `${serverUrl}/${repository}/actions/runs/${run}` : undefined,
  };
}

/** The same repository with the token that may read team members, where there is one (SLIPWAY_MEMBERS_TOKEN). */
export function membersForge({ env, signal }: Context, { forge }: ForgeAccess): Forge {
  const token = env.SLIPWAY_MEMBERS_TOKEN;
  if (!token) return forge;
  return openForge({ apiUrl: apiUrl(env), repository: `${forge.owner}/${forge.repo}`, token, signal });
}

const apiUrl = (env: NodeJS.ProcessEnv) => env.GITHUB_API_URL ?? "https://api.github.com";

/** The origin of the run that a `workflow_run` event (GITHUB_EVENT_PATH) is about; undefined: it is another event. */
export async function runOrigin({ env }: Context): Promise<RunOrigin | undefined> {
  const file = env.GITHUB_EVENT_PATH;
  if (!file) return undefined;
  const event = JSON.parse(await readFile(file, "utf8")) as { workflow_run?: WorkflowRun };
  const { head_sha: commit, head_branch: branch, head_repository: from } = event.workflow_run ?? {};
  const repository = from?.full_name;
  return commit && branch && repository ? { repository, branch, commit } : undefined;
}

/** GitHub's webhook documentation, "workflow_run". */
interface WorkflowRun {
  readonly head_sha?: string;
  readonly head_branch?: string | null;
  readonly head_repository?: { readonly full_name?: string };
}

function required(env: NodeJS.ProcessEnv, name: string, what: string): string {
  const value = env[name];
  if (value) return value;
  const setter = name === "GITHUB_TOKEN" ? "a workflow sets it in `env`" : "GitHub Actions sets it";
  throw new CommandError(EXIT.usage, `${name} is not set`, `it must hold ${what}; ${setter}`);
}
