/** Maps the inputs of the composite action (action.yml) to calls of slipway. Pure: main.ts does the reading and starts programs. */
export const ACTION_COMMANDS = ["gate", "plan", "build", "report", "publish", "reconcile", "update"] as const;
export type ActionCommand = (typeof ACTION_COMMANDS)[number];

/** The inputs of action.yml; empty if the workflow gives none. */
export interface ActionInputs {
  readonly command: string;
  readonly catalogue: string;
  readonly registry: string;
  readonly readFrom: string;
  readonly images: string;
  readonly jobs: string;
}

/** What GitHub Actions says about this run, and paths on this machine. */
export interface ActionRun {
  readonly event: string;
  /** The event's payload: whoever caused the event wrote it, so every value is checked before use. */
  readonly payload: unknown;
  readonly repository: string;
  readonly server: string;
  readonly sha: string;
  /** A directory that no checkout writes to. */
  readonly temp: string;
  /** Files with the results of build jobs; undefined: `gate` builds by itself. */
  readonly results: readonly string[] | undefined;
}

/** Events that run code of a branch of the repository itself. All others may run that of a pull request. */
const MERGED = ["push", "schedule", "workflow_dispatch", "repository_dispatch", "workflow_run"];
const WRITING: readonly ActionCommand[] = ["report", "publish", "reconcile", "update"];

/** An impossible request of a workflow: explained in one line, exit code 2. */
export class ActionError extends Error {
  override readonly name = "ActionError";
}

/** The most jobs of a matrix: Actions refuses more than 256, and more than a few dozen only wait for one another. */
export const MOST_JOBS = 256;
const JOBS_OF_A_PLAN = "8";

/** Arguments of `slipway`, never text for a shell. Throws ActionError if an input or the event does not fit. */
export function invocation(inputs: ActionInputs, run: ActionRun): readonly string[] {
  const command = asCommand(inputs.command);
  if (WRITING.includes(command) && !MERGED.includes(run.event))
    throw new ActionError(`${command} is not for ${run.event}`);
  const args = [...argumentsOf(command, inputs, run)];
  return inputs.catalogue === "." ? args : [...args, "--catalogue", inputs.catalogue];
}

export function asCommand(text: string): ActionCommand {
  const command = ACTION_COMMANDS.find((name) => name === text);
  if (command === undefined)
    throw new ActionError(`command: ${ACTION_COMMANDS.join(", ")}; not ${JSON.stringify(text)}`);
  return command;
}

function argumentsOf(command: ActionCommand, inputs: ActionInputs, run: ActionRun): readonly string[] {
  const local = `oci:${run.temp}/slipway-state/registry`;
  switch (command) {
    case "gate":
      return ["gate", ...proposal(run), "--out", reportFolder(run.temp), ...toBuild(inputs, run)];
    case "plan": {
      // Against the fork point, as in the gate: what the base has gained since is not part of this change.
      const against = isProposal(run)
        ? proposal(run, "--since")
        : ["--registry", registryOf(inputs, run), "--head", run.sha];
      // Whoever publishes leaves a snapshot there, so that a fresh checkout need not be read whole.
      const from = isProposal(run) ? readFrom(inputs) : [];
      return ["plan", ...against, ...from, "--matrix", jobsOf(inputs.jobs, "--matrix")[1] ?? JOBS_OF_A_PLAN];
    }
    // The slipway.yaml of the head could name any registry, so the registry of this machine is always given.
    case "build":
      return [
        "build",
        ...imagesOf(inputs),
        "--ref",
        headOf(run),
        "--registry",
        local,
        ...readFrom(inputs),
        ...common(inputs, run),
      ];
    case "publish":
    case "reconcile":
      return [
        "build",
        ...imagesOf(inputs),
        "--ref",
        run.sha,
        "--registry",
        registryOf(inputs, run),
        // Every night, what was moved or deleted by hand is noticed.
        ...(command === "reconcile" ? ["--fresh"] : []),
        ...common(inputs, run),
      ];
    case "report":
      return ["gate", "--publish", `${reportFolder(run.temp)}/report.json`];
    // Package managers in published images query the sources.
    case "update":
      return ["update", "--publish", "--registry", registryOf(inputs, run)];
  }
}

/** Outside the checkout: a pull request could have committed a report there. */
export function reportFolder(temp: string): string {
  return `${temp}/slipway-report`;
}

function toBuild(inputs: ActionInputs, run: ActionRun): readonly string[] {
  if (run.results === undefined) return ["--build", ...readFrom(inputs), ...jobsOf(inputs.jobs, "--jobs")];
  return run.results.length === 0 ? [] : ["--results", ...run.results];
}

function readFrom({ readFrom: registry }: ActionInputs): readonly string[] {
  return registry === "" ? [] : ["--read-from", registry];
}

function common({ jobs }: ActionInputs, { temp }: ActionRun): readonly string[] {
  return [...jobsOf(jobs, "--jobs"), "--results", `${temp}/slipway-results/results.json`];
}

function jobsOf(text: string, option: string): readonly string[] {
  if (text === "") return [];
  const number = Number(text);
  if (!/^[0-9]{1,3}$/.test(text) || number < 1 || number > MOST_JOBS) {
    throw new ActionError(`jobs: a whole number from 1 to ${MOST_JOBS}, not ${JSON.stringify(text)}`);
  }
  return [option, String(number)];
}

/** Image names as a matrix job has them: `a b c`. Their form excludes options. */
function imagesOf({ images }: ActionInputs): readonly string[] {
  const names = images.split(/\s+/).filter((name) => name !== "");
  const wrong = names.find((name) => !/^[a-z0-9][a-z0-9._-]*$/.test(name));
  if (wrong !== undefined) throw new ActionError(`images: ${JSON.stringify(wrong)} is not the name of an image`);
  return names;
}

/** The given registry, or the repository's packages. Names of packages are in lower case. */
export function registryOf({ registry }: ActionInputs, { repository, server }: ActionRun): string {
  if (registry !== "") return registry;
  if (server !== "https://github.com")
    throw new ActionError(`registry: required, because ${server} has no known package registry`);
  return `docker://ghcr.io/${repository.toLowerCase()}`;
}

/** A proposed change: `option` has the current branch that it would be merged into, `--head` the commit that it would bring. */
function proposal(run: ActionRun, option: "--base" | "--since" = "--base"): readonly string[] {
  const branch = run.event === "merge_group" ? mergeBase(run) : at(run.payload, "pull_request", "base", "ref");
  if (!isProposal(run) || !isText(branch)) {
    throw new ActionError(`a pull_request or merge_group event is needed, this is ${run.event}`);
  }
  // The full name: a branch may look like an option, and a tag may have the name of the branch.
  return [option, `refs/remotes/origin/${branch}`, "--head", headOf(run)];
}

function isProposal({ event }: ActionRun): boolean {
  return event === "pull_request" || event === "merge_group";
}

function mergeBase({ payload }: ActionRun): string | undefined {
  const ref = at(payload, "merge_group", "base_ref");
  return isText(ref) ? ref.replace(/^refs\/heads\//, "") : undefined;
}

/** The last commit of the pull request itself, not its merge with the base, which changes whenever the base does. */
function headOf({ event, payload, sha }: ActionRun): string {
  const head = event === "pull_request" ? at(payload, "pull_request", "head", "sha") : sha;
  if (!isText(head) || !/^[0-9a-f]{40}$/.test(head)) throw new ActionError("the event names no commit");
  return head;
}

/** A nested value of a payload; undefined if part of the path is missing. */
export function at(value: unknown, ...path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (found, key) => (typeof found === "object" && found !== null ? (found as Record<string, unknown>)[key] : undefined),
    value,
  );
}

function isText(value: unknown): value is string {
  return typeof value === "string" && value !== "";
}
