import { mkdtemp, readFile, writeFile } from "node:fs/promises";
import { isAbsolute, join, resolve } from "node:path";
import type { Annotation } from "./command-reader.js";
import { readPairs } from "./command-reader.js";
import { asText, type Contexts, holds, interpolate, interpolateAll, type Status, type Value } from "./expressions.js";
import { type JobState, machineEnvironment } from "./job-state.js";
import { KNOWN_ACTIONS } from "./known-actions.js";
import { runScript } from "./machine.js";
import { type CompositeAction, loadAction, type Step } from "./workflow-file.js";

export type Conclusion = "success" | "failure" | "skipped";

export interface StepResult {
  readonly name: string;
  readonly id: string | undefined;
  /** The result before continue-on-error applies. */
  readonly outcome: Conclusion;
  readonly conclusion: Conclusion;
  readonly outputs: Readonly<Record<string, string>>;
  readonly log: string;
  readonly annotations: readonly Annotation[];
  /** Outputs of a composite action. */
  readonly steps: readonly StepResult[];
}

/** Steps that see one another: those of a job, or those of one use of a composite action. */
interface Scope {
  readonly job: JobState;
  readonly contexts: Contexts;
  readonly env: Readonly<Record<string, string>>;
  readonly steps: Record<string, Value>;
  /** The directory of the action that these steps belong to. */
  readonly action: string | undefined;
  failed: boolean;
}

type Partial = Pick<StepResult, "outcome" | "outputs" | "log" | "annotations" | "steps">;
const SKIPPED: Partial = { outcome: "skipped", outputs: {}, log: "", annotations: [], steps: [] };

/** Runs the steps of a job one after another; after a failure only those whose `if:` asks to run. */
export async function runJobSteps(steps: readonly Step[], job: JobState): Promise<StepResult[]> {
  return await runAll(steps, { job, contexts: job.contexts, env: {}, steps: {}, action: undefined, failed: false });
}

async function runAll(steps: readonly Step[], scope: Scope): Promise<StepResult[]> {
  const results: StepResult[] = [];
  for (const step of steps) {
    const status = { ok: !scope.failed, failed: scope.failed, cancelled: false };
    const outer = { ...scope.job.env, ...scope.env };
    const own = texts(interpolateAll(step.env ?? {}, contextsOf(scope, outer), status));
    const env = { ...outer, ...own };
    const contexts = contextsOf(scope, env);
    const partial = holds(step.if, contexts, status)
      ? await runStep(step, { scope, contexts, env, own, status })
      : SKIPPED;
    const conclusion =
      partial.outcome === "failure" && step["continue-on-error"] === true ? "success" : partial.outcome;
    if (conclusion === "failure") scope.failed = true;
    if (step.id !== undefined)
      scope.steps[step.id] = { outputs: partial.outputs, outcome: partial.outcome, conclusion };
    const name = asText(interpolate(step.name ?? step.uses ?? step.run ?? "", contexts, status));
    results.push({ name, id: step.id, conclusion, ...partial });
  }
  return results;
}

interface Here {
  readonly scope: Scope;
  readonly contexts: Contexts;
  readonly env: Readonly<Record<string, string>>;
  /** Variables that the step itself adds. */
  readonly own: Readonly<Record<string, string>>;
  readonly status: Status;
}

async function runStep(step: Step, here: Here): Promise<Partial> {
  if (step.run !== undefined) return await runShell(step, here);
  const inputs = texts(interpolateAll(step.with ?? {}, here.contexts, here.status));
  const { job } = here.scope;
  const uses = step.uses ?? "";
  const known = KNOWN_ACTIONS[uses.split("@")[0] ?? ""];
  try {
    if (known !== undefined) return { ...SKIPPED, outcome: "success", log: masked(await known(inputs, job), job) };
    const directory = uses.startsWith("./") ? resolve(job.workspace, uses) : job.host.actions.get(uses);
    if (directory === undefined) throw new Error(`no such action: ${uses}`);
    return await runComposite(await loadAction(directory), { directory, inputs }, here);
  } catch (error) {
    return { ...SKIPPED, outcome: "failure", log: masked(`${error instanceof Error ? error.message : error}\n`, job) };
  }
}

async function runComposite(
  action: CompositeAction,
  { directory, inputs }: { directory: string; inputs: Readonly<Record<string, string>> },
  here: Here,
): Promise<Partial> {
  const { job } = here.scope;
  // An action sees neither secrets nor variables: everything it needs comes in its inputs.
  const { vars: _vars, secrets: _secrets, needs: _needs, ...contexts } = job.contexts;
  const defaults = Object.entries(action.inputs).map(([name, input]) => {
    return [name, asText(interpolate(input?.default ?? "", contexts, here.status))];
  });
  const scope: Scope = {
    job,
    contexts: {
      ...contexts,
      github: { ...job.contexts.github, action_path: directory },
      inputs: { ...Object.fromEntries(defaults), ...inputs },
    },
    env: { ...here.scope.env, ...here.own },
    steps: {},
    action: directory,
    failed: false,
  };
  const steps = await runAll(action.steps, scope);
  const after = contextsOf(scope, { ...job.env, ...scope.env });
  const outputs = Object.entries(action.outputs).map(([name, { value }]) => [
    name,
    asText(interpolate(value, after, here.status)),
  ]);
  return {
    outcome: scope.failed ? "failure" : "success",
    outputs: Object.fromEntries(outputs),
    log: steps.map(({ log }) => log).join(""),
    annotations: steps.flatMap(({ annotations }) => annotations),
    steps,
  };
}

/** Supports only bash, which all our steps use: with -o pipefail, and stopping at the first failure. */
async function runShell(step: Step, { scope, contexts, env, status }: Here): Promise<Partial> {
  const { job } = scope;
  const folder = await mkdtemp(join(job.temp, "..", "step-"));
  const file = async (name: string, text = "") => {
    await writeFile(join(folder, name), text);
    return join(folder, name);
  };
  const script = await file("script.sh", asText(interpolate(step.run ?? "", contexts, status)));
  const shell = step.shell === "bash" ? ["--noprofile", "--norc", "-eo", "pipefail"] : ["-e"];
  const files = {
    GITHUB_OUTPUT: await file("output"),
    GITHUB_ENV: await file("env"),
    GITHUB_PATH: await file("path"),
    GITHUB_STEP_SUMMARY: await file("summary"),
  };
  const directory = asText(interpolate(step["working-directory"] ?? "", contexts, status));
  const result = await runScript({
    command: ["bash", ...shell, script],
    directory: isAbsolute(directory) ? directory : join(job.workspace, directory),
    env: {
      ...machineEnvironment(job),
      ...(scope.action ? { GITHUB_ACTION_PATH: scope.action } : {}),
      ...env,
      ...files,
    },
  });
  const read = async (path: string) => await readFile(path, "utf8");
  job.masks.push(...result.masks);
  job.summary += await read(files.GITHUB_STEP_SUMMARY);
  Object.assign(job.env, readPairs(await read(files.GITHUB_ENV)));
  job.path.unshift(...(await read(files.GITHUB_PATH)).split("\n").filter((line) => line !== ""));
  return {
    outcome: result.code === 0 ? "success" : "failure",
    outputs: { ...result.outputs, ...readPairs(await read(files.GITHUB_OUTPUT)) },
    log: masked(result.log, job),
    annotations: result.annotations,
    steps: [],
  };
}

function contextsOf(scope: Scope, env: Readonly<Record<string, string>>): Contexts {
  return {
    inputs: {},
    ...scope.contexts,
    env,
    steps: scope.steps,
    job: { status: scope.failed ? "failure" : "success" },
  };
}

function texts(value: Value): Record<string, string> {
  const entries = Object.entries((value ?? {}) as Record<string, Value>);
  return Object.fromEntries(entries.map(([name, item]) => [name, asText(item)]));
}

function masked(log: string, { masks }: JobState): string {
  return masks.filter((secret) => secret !== "").reduce((text, secret) => text.replaceAll(secret, "***"), log);
}
