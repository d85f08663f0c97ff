import type { Artifacts } from "./artifacts.js";
import type { Contexts, Value } from "./expressions.js";

/** Rights of a job's token: what the workflow says, as it says it. */
export type Permissions = Readonly<Record<string, string>>;

/** What there is outside of a run. Nothing of it is assumed: a test hands it in. */
export interface Host {
  /** Where a repository `owner/name` is cloned from. */
  readonly remote: (repository: string) => string;
  /** A token with no more than these rights. */
  readonly token: (permissions: Permissions) => string;
  /** Directories of actions that are used as `owner/name@commit`. */
  readonly actions: ReadonlyMap<string, string>;
  readonly artifacts: Artifacts;
  /** Searched before the PATH of this process. */
  readonly path: readonly string[];
  /** Environment of the machine, on top of PATH and HOME. */
  readonly env: Readonly<Record<string, string>>;
}

/** One job while it runs. */
export interface JobState {
  readonly host: Host;
  readonly workspace: string;
  readonly temp: string;
  readonly home: string;
  /** github, needs, matrix, strategy, vars, secrets and runner; the rest changes from step to step. */
  readonly contexts: Contexts & { readonly github: Readonly<Record<string, Value>> };
  readonly runId: number;
  readonly token: string;
  /** Of workflow and job, and what steps added by GITHUB_ENV. */
  readonly env: Record<string, string>;
  /** What steps added by GITHUB_PATH, the last first. */
  readonly path: string[];
  readonly masks: string[];
  /** What steps wrote to GITHUB_STEP_SUMMARY. */
  summary: string;
}

/** The environment of a `run:` step before its own, by the names that Actions uses. */
export function machineEnvironment(job: JobState): Record<string, string> {
  const { github } = job.contexts;
  const path = [...job.path, ...job.host.path, process.env.PATH ?? "/usr/bin:/bin"].join(":");
  const given = Object.entries(github).flatMap(([name, value]) =>
    typeof value === "string" && !["token", "action_path"].includes(name)
      ? [[`GITHUB_${name.toUpperCase()}`, value]]
      : [],
  );
  return {
    HOME: job.home,
    ...job.host.env,
    PATH: path,
    CI: "true",
    GITHUB_ACTIONS: "true",
    ...(Object.fromEntries(given) as Record<string, string>),
    RUNNER_OS: "Linux",
    RUNNER_ARCH: "X64",
    RUNNER_TEMP: job.temp,
  };
}
