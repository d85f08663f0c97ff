import {
  entriesOf,
  eventsOf,
  expressionsIn,
  find,
  itemsOf,
  jobsOf,
  scalarsOf,
  stepsOf,
  stepsUsing,
  textOf,
} from "./nodes.js";
import type { ParsedFile, Place, WorkflowNode } from "./parser.bundle.js";

/** A rule reads a workflow or an action and names what breaks it, each with its place. */
export type WorkflowRule = (file: ParsedFile) => string[];

/** Events that run code, or part of it, from someone who may not write to the repository. */
const FOREIGN = ["pull_request", "pull_request_review", "pull_request_review_comment", "issue_comment", "merge_group"];

/** What a token may write, by event. Add a right here only together with the need for it. */
const WRITES: Readonly<Record<string, readonly string[]>> = {
  workflow_run: ["checks", "pull-requests", "statuses"],
  push: ["packages"],
  tag: ["attestations", "contents", "id-token"],
  schedule: ["packages", "contents", "pull-requests"],
};

/** Values that only GitHub itself writes. All others could contain a quote, a semicolon, a substitution. */
const TRUSTED =
  /^(?:runner\.(?:temp|os|arch)|github\.(?:run_id|run_number|run_attempt|sha|workspace|action_path)|(?:needs\.[\w-]+\.result)|steps\.[\w-]+\.(?:outcome|conclusion))$/;

export const actionsArePinned: WorkflowRule = (file) =>
  stepsOf(file).flatMap((step) => {
    const uses = find(step, "uses");
    const text = textOf(uses);
    if (uses === undefined || text === undefined || text.startsWith("./")) return [];
    if (!/^[\w.-]+\/[\w./-]+@[0-9a-f]{40}$/.test(text))
      return [told(file, uses, `${text}: pin it by a commit of 40 digits`)];
    const line = file.text.split("\n")[uses.line - 1] ?? "";
    return /# v\d+\.\d+\.\d+$/.test(line) ? [] : [told(file, uses, `${text}: say the version in a comment`)];
  });

export const permissionsAreLeast: WorkflowRule = (file) => {
  if (jobsOf(file).length === 0) return [];
  const top = find(file.root, "permissions");
  const every = [top, ...jobsOf(file).map(([, job]) => find(job, "permissions"))];
  const allowed = new Set(eventsOf(file).some(isForeign) ? [] : causesOf(file).flatMap((cause) => WRITES[cause] ?? []));
  const messages = top === undefined ? [`${file.name}:1:1: no permissions: a token may then write everything`] : [];
  for (const node of every) {
    if (node?.kind === "scalar") messages.push(told(file, node, `${node.text}: name each permission`));
    for (const [name, level] of entriesOf(node)) {
      if (textOf(level) !== "write") continue;
      if (node === top)
        messages.push(told(file, level, `${name}: write for all jobs: give it to the one that needs it`));
      if (!allowed.has(name))
        messages.push(told(file, level, `${name}: write is not for ${eventsOf(file).join(", ")}`));
    }
  }
  return messages;
};

/** The events, `tag` for a push of tags only: who may push those is another question than who may push to branches. */
function causesOf(file: ParsedFile): readonly string[] {
  const push = find(file.root, "on", "push");
  const isTag = find(push, "tags") !== undefined && find(push, "branches") === undefined;
  return eventsOf(file).map((event) => (event === "push" && isTag ? "tag" : event));
}

/** Programs that run what a checkout brings. */
const PROJECT_CODE =
  /(?:^|[\s"'/=])(?:node|npm|npx|make|source)\b|\.\/|\.ci\/|scripts\/|build\/bin\/|\.(?:[cm]?js|sh)\b/;

/** The job that can sign as this repository, or write to it on a tag, passes on what another job has made. */
export const releaserRunsNoProjectCode: WorkflowRule = (file) =>
  jobsOf(file).flatMap(([name, job]) => {
    const writes = entriesOf(find(job, "permissions")).some(([right, level]) => {
      return textOf(level) === "write" && (right === "id-token" || right === "attestations");
    });
    const steps = writes ? itemsOf(find(job, "steps")) : [];
    return steps
      .filter((step) => PROJECT_CODE.test(textOf(find(step, "run")) ?? textOf(find(step, "uses")) ?? ""))
      .map((step) => told(file, step, `${name}: no code of the project where releases are signed`));
  });

/** `github` as a whole contains the token. */
const SECRET = /\bsecrets\b|\bgithub\b(?!\s*\.\s*(?!token\b)\w)/;

export const foreignCodeMeetsNoSecret: WorkflowRule = (file) => {
  if (!eventsOf(file).some(isForeign)) return [];
  return scalarsOf(file.root)
    .filter(({ text }) => text === "inherit" || expressionsIn(text).some((expression) => SECRET.test(expression)))
    .map((node) => told(file, node, `${node.text.trim()}: no secret where a pull request's code runs`));
};

export const noPullRequestTarget: WorkflowRule = (file) =>
  eventsOf(file).includes("pull_request_target")
    ? [`${file.name}:1:1: pull_request_target: use pull_request and workflow_run`]
    : [];

/** With the default branch's rights, nothing of a pull request is checked out or put where programs look for files. */
export const trustedHalfStaysApart: WorkflowRule = (file) => {
  const composite = find(file.root, "runs") !== undefined;
  if (!composite && !eventsOf(file).includes("workflow_run")) return [];
  const checkouts = stepsUsing(file, "actions/checkout").flatMap((step) => {
    // An action does not know which event uses it, so its step must check.
    if (composite && textOf(find(step, "if")) === "github.event_name == 'pull_request'") return [];
    const foreign = ["ref", "repository"].map((key) => find(step, "with", key)).filter((node) => node !== undefined);
    return foreign.map((node) =>
      told(file, node, `${textOf(node)}: the default branch is what may be checked out here`),
    );
  });
  const downloads = stepsUsing(file, "actions/download-artifact").flatMap((step) => {
    const path = textOf(find(step, "with", "path")) ?? "";
    const apart = /^\$\{\{ runner\.temp \}\}\/[a-z-]+$/.test(path);
    return apart ? [] : [told(file, step, "an artifact goes to a folder of its own below runner.temp")];
  });
  return [...checkouts, ...downloads];
};

export const scriptsHoldNoForeignText: WorkflowRule = (file) =>
  stepsOf(file).flatMap((step) => {
    const run = find(step, "run");
    const foreign = expressionsIn(textOf(run) ?? "").filter((expression) => !TRUSTED.test(expression));
    return foreign.map((expression) => told(file, run ?? step, `\${{ ${expression} }} in a script: pass it in env:`));
  });

export const scriptsRunInBash: WorkflowRule = (file) =>
  stepsOf(file)
    .filter((step) => find(step, "run") !== undefined && textOf(find(step, "shell")) !== "bash")
    .map((step) => told(file, step, "shell: bash, which stops at a failure in a pipe as well"));

export const credentialsAreNotKept: WorkflowRule = (file) =>
  stepsUsing(file, "actions/checkout")
    .filter((step) => textOf(find(step, "with", "persist-credentials")) !== "false")
    .map((step) => told(file, step, "persist-credentials: false, or whatever runs later can read the token"));

export const jobsEnd: WorkflowRule = (file) =>
  jobsOf(file)
    .filter(([, job]) => find(job, "timeout-minutes") === undefined)
    .map(([name, job]) => told(file, job, `${name}: no timeout-minutes, so six hours`));

export const machinesAreNamed: WorkflowRule = (file) =>
  jobsOf(file)
    .filter(([, job]) => textOf(find(job, "runs-on")) !== "ubuntu-24.04")
    .map(([name, job]) => told(file, job, `${name}: runs-on ubuntu-24.04; -latest changes by itself`));

/** A matrix job or a skipped job cannot be a required check, so one job stands for all of them. */
export const oneJobStandsForAll: WorkflowRule = (file) => {
  const names = jobsOf(file).map(([name]) => name);
  if (!eventsOf(file).includes("pull_request") || names.length < 2) return [];
  const gate = find(file.root, "jobs", "gate");
  if (gate === undefined) return [`${file.name}:1:1: no job named gate that can be required`];
  const needs = itemsOf(find(gate, "needs")).map(textOf);
  const missing = names.filter((name) => name !== "gate" && !needs.includes(name));
  const messages = missing.map((name) => told(file, gate, `gate does not need ${name}`));
  if (textOf(find(gate, "if")) !== "always()") messages.push(told(file, gate, "gate does not run always()"));
  if (find(gate, "strategy") !== undefined)
    messages.push(told(file, gate, "gate has a matrix, so another name each time"));
  return messages;
};

const MOST_JOBS = 256;

/** A computed matrix must be known not to be empty (scripts/action/matrix.ts counts its jobs); others are counted here. */
export const matricesAreBounded: WorkflowRule = (file) =>
  jobsOf(file).flatMap(([name, job]) => {
    const matrix = find(job, "strategy", "matrix");
    if (matrix === undefined) return [];
    if (matrix.kind === "map") {
      const lists = matrix.entries
        .filter(([key]) => key !== "include" && key !== "exclude")
        .map(([, list]) => itemsOf(list).length);
      const product = lists.length === 0 ? 0 : lists.reduce((total, length) => total * length, 1);
      const jobs = product + itemsOf(find(matrix, "include")).length;
      return jobs > MOST_JOBS ? [told(file, matrix, `${name}: ${jobs} jobs, at most ${MOST_JOBS}`)] : [];
    }
    const output = /^\$\{\{ fromJSON\((needs\.[\w-]+\.outputs\.[\w-]+)\) \}\}$/.exec(textOf(matrix) ?? "")?.[1];
    if (output === undefined) return [told(file, matrix, `${name}: fromJSON of one output of a job`)];
    if (textOf(find(job, "if"))?.includes(`${output} != ''`)) return [];
    return [told(file, job, `${name}: if: ${output} != '', because a matrix without jobs fails`)];
  });

function isForeign(event: string): boolean {
  return FOREIGN.includes(event);
}

function told(file: ParsedFile, { line, column }: Place | WorkflowNode, message: string): string {
  return `${file.name}:${line}:${column}: ${message}`;
}
