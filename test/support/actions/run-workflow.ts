import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Annotation } from "./command-reader.js";
import { asText, type Contexts, holds, interpolate, interpolateAll, type Status, type Value } from "./expressions.js";
import type { Host, JobState } from "./job-state.js";
import { type Conclusion, runJobSteps, type StepResult } from "./run-steps.js";
import { type Job, loadWorkflow, type Workflow } from "./workflow-file.js";

/** An event as Actions passes it on; `github` has at least repository, sha, ref, server_url, api_url and actor. */
export interface WorkflowEvent {
  readonly name: string;
  readonly payload: Value;
  readonly github: Readonly<Record<string, string>>;
}

export interface WorkflowRequest {
  /** Text of the workflow file and its name, for messages. */
  readonly workflow: string;
  readonly file: string;
  readonly event: WorkflowEvent;
  readonly runId: number;
  /** The caller passes none for events of forks. */
  readonly secrets: Readonly<Record<string, string>>;
  readonly vars: Readonly<Record<string, string>>;
  readonly host: Host;
  /** A directory for this run, which remains for the test to inspect. */
  readonly directory: string;
}

export interface JobResult {
  /** The job's key, with the index of the matrix part if there is one: `build`, `build (0)`. */
  readonly name: string;
  readonly conclusion: Conclusion;
  readonly outputs: Readonly<Record<string, string>>;
  readonly steps: readonly StepResult[];
  readonly annotations: readonly Annotation[];
  readonly log: string;
  readonly summary: string;
  /** The directory of its checkouts. */
  readonly workspace: string;
}

export interface WorkflowResult {
  readonly conclusion: "success" | "failure";
  readonly jobs: readonly JobResult[];
}

/** All parts of one of the workflow's jobs. A skipped job has none. */
interface Done {
  readonly result: Conclusion;
  readonly outputs: Readonly<Record<string, string>>;
}

/**
 * Runs a workflow file as Actions would, as far as our workflows need: jobs in the order of their needs, the parts of a matrix one
 * after another. Not supported: containers, services, reusable workflows, environments, timeouts, concurrency, cancelling.
 * Throws if GitHub would reject the file.
 */
export async function runWorkflow(request: WorkflowRequest): Promise<WorkflowResult> {
  const workflow = await loadWorkflow(request.file, request.workflow);
  await mkdir(request.directory, { recursive: true });
  await writeFile(join(request.directory, "event.json"), JSON.stringify(request.event.payload));
  const done = new Map<string, Done>();
  const jobs: JobResult[] = [];
  for (const name of inOrder(workflow)) {
    const job = workflow.jobs[name];
    if (job === undefined) continue;
    const parts = await runJob(name, job, { request, workflow, done });
    jobs.push(...parts);
    const result = parts.every(({ conclusion }) => conclusion === "skipped") ? "skipped" : worst(parts);
    done.set(name, { result, outputs: Object.assign({}, ...parts.map(({ outputs }) => outputs)) });
  }
  return { conclusion: worst(jobs) === "failure" ? "failure" : "success", jobs };
}

function worst(jobs: readonly JobResult[]): Conclusion {
  return jobs.some(({ conclusion }) => conclusion === "failure") ? "failure" : "success";
}

interface Run {
  readonly request: WorkflowRequest;
  readonly workflow: Workflow;
  readonly done: ReadonlyMap<string, Done>;
}

async function runJob(name: string, job: Job, run: Run): Promise<JobResult[]> {
  const { request, workflow, done } = run;
  const status = statusBefore(name, workflow, done);
  const needs = Object.fromEntries(needsOf(job).map((need) => [need, done.get(need) ?? {}])) as Record<string, Value>;
  const contexts: Contexts = { github: github(request, workflow), needs, vars: request.vars, inputs: {} };
  if (!holds(job.if, contexts, status)) return [skipped(name)];
  const matrix = combinations(interpolateAll(job.strategy?.matrix ?? null, contexts, status));
  const results: JobResult[] = [];
  for (const [index, values] of matrix.entries()) {
    const part = job.strategy?.matrix === undefined ? name : `${name} (${index})`;
    const strategy = {
      "job-index": index,
      "job-total": matrix.length,
      "fail-fast": false,
      "max-parallel": matrix.length,
    };
    results.push(await runPart(part, job, { ...run, contexts: { ...contexts, matrix: values, strategy }, status }));
  }
  return results;
}

async function runPart(name: string, job: Job, run: Run & { contexts: Contexts; status: Status }): Promise<JobResult> {
  const { request, workflow, status } = run;
  const directory = join(request.directory, name.replace(/\W+/g, "-"));
  const permissions = job.permissions ?? workflow.permissions ?? {};
  const token = request.host.token(permissions);
  const own = { job: name.replace(/ .*/, ""), workspace: join(directory, "workspace"), token };
  const contexts = {
    ...run.contexts,
    github: { ...(run.contexts.github as Record<string, Value>), ...own },
    secrets: { ...request.secrets, GITHUB_TOKEN: token },
    runner: { os: "Linux", arch: "X64", name: "test", temp: join(directory, "temp") },
  };
  const env = interpolateAll({ ...asMap(workflow.env), ...asMap(job.env) }, contexts, status);
  const state: JobState = {
    host: request.host,
    workspace: own.workspace,
    temp: contexts.runner.temp,
    home: join(directory, "home"),
    contexts,
    runId: request.runId,
    token,
    permissions,
    env: Object.fromEntries(Object.entries(asMap(env)).map(([key, value]) => [key, asText(value)])),
    path: [],
    masks: [token, ...Object.values(request.secrets)],
    summary: "",
  };
  for (const folder of [state.workspace, state.temp, state.home]) await mkdir(folder, { recursive: true });
  const steps = await runJobSteps(job.steps, state);
  return finished(name, job, { steps, state, status });
}

function finished(
  name: string,
  job: Job,
  { steps, state, status }: { steps: StepResult[]; state: JobState; status: Status },
): JobResult {
  const known = steps.flatMap(({ id, outputs, outcome, conclusion }) =>
    id === undefined ? [] : [[id, { outputs, outcome, conclusion }]],
  );
  const contexts = { ...state.contexts, env: state.env, steps: Object.fromEntries(known) as Value };
  const outputs = Object.entries(job.outputs ?? {}).map(([key, text]) => [
    key,
    asText(interpolate(text, contexts, status)),
  ]);
  return {
    name,
    conclusion: steps.some(({ conclusion }) => conclusion === "failure") ? "failure" : "success",
    outputs: Object.fromEntries(outputs),
    steps,
    annotations: steps.flatMap(({ annotations }) => annotations),
    log: steps.map(({ log }) => log).join(""),
    summary: state.summary,
    workspace: state.workspace,
  };
}

function skipped(name: string): JobResult {
  return { name, conclusion: "skipped", outputs: {}, steps: [], annotations: [], log: "", summary: "", workspace: "" };
}

/** The functions of a job's `if:` consider all jobs that it needs, directly or not; a skipped job is not a success. */
function statusBefore(name: string, { jobs }: Workflow, done: ReadonlyMap<string, Done>): Status {
  const before = (job: string): string[] => needsOf(jobs[job]).flatMap((need) => [need, ...before(need)]);
  const results = before(name).map((need) => done.get(need)?.result);
  return {
    ok: results.every((result) => result === "success"),
    failed: results.includes("failure"),
    cancelled: false,
  };
}

function needsOf(job: Job | undefined): readonly string[] {
  return [job?.needs ?? []].flat();
}

/** Every job after those it needs; GitHub's parser has already rejected cycles and unknown names. */
function inOrder({ jobs }: Workflow): string[] {
  const order = new Set<string>();
  const add = (name: string): void => {
    for (const need of needsOf(jobs[name])) add(need);
    order.add(name);
  };
  for (const name of Object.keys(jobs)) add(name);
  return [...order];
}

/** The product of a matrix's lists; entries of `include` are separate jobs. Without a matrix there is one job without values. */
function combinations(matrix: Value): Value[] {
  if (matrix === null) return [{}];
  const { include = [], ...lists } = asMap(matrix);
  const products = Object.entries(lists).reduce<Value[]>(
    (found, [key, values]) =>
      found.flatMap((one) => (values as Value[]).map((value) => ({ ...asMap(one), [key]: value }))),
    [{}],
  );
  const all = [...(Object.keys(lists).length === 0 ? [] : products), ...(include as Value[])];
  if (all.length === 0) throw new Error("Matrix vector 'include' does not contain any values");
  if (all.length > 256) throw new Error(`a matrix of ${all.length} jobs, at most 256`);
  return all;
}

function asMap(value: Value | undefined): Record<string, Value> {
  return (value ?? {}) as Record<string, Value>;
}

function github({ event, runId, directory }: WorkflowRequest, workflow: Workflow): Readonly<Record<string, Value>> {
  const refName = (event.github.ref ?? "").replace(/^refs\/(?:heads|tags|pull)\//, "");
  return {
    ...{
      base_ref: "",
      head_ref: "",
      ref_name: refName,
      run_attempt: "1",
      run_number: "1",
      workflow: workflow.name ?? "",
    },
    ...event.github,
    event_name: event.name,
    event: event.payload,
    event_path: join(directory, "event.json"),
    run_id: String(runId),
    repository_owner: (event.github.repository ?? "").split("/")[0] ?? "",
  };
}
