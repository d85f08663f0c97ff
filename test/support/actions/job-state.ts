import type { Artifacts } from "./artifacts.js";
import type { Contexts, Value } from "./expressions.js";

/** The rights of a job's token, as the workflow declares them. */
export type Permissions = Readonly<Record<string, string>>;

/** The world outside a run. Nothing is assumed: a test passes all of it. */
export interface Host {
  /** The address from which a repository `owner/name` is cloned. */
  readonly remote: (repository: string) => string;
  /** Makes a token with only these rights. */
  readonly token: (permissions: Permissions) => string;
  /** Directories of actions, by the `owner/name@commit` that uses them. */
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
  readonly permissions: Permissions;
  /** Variables of the workflow and the job, and those that steps added through GITHUB_ENV. */
  readonly env: Record<string, string>;
  /** Directories that steps added through GITHUB_PATH, the last one first. */
  readonly path: string[];
  readonly masks: string[];
  /** The text that steps wrote to GITHUB_STEP_SUMMARY. */
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
