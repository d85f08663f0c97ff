import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { load } from "js-yaml";
import type { Value } from "./expressions.js";
import { type ParsedFile, readAction, readWorkflow } from "./parser.bundle.js";

/* Workflows and actions as they run. GitHub's parser has accepted them, so they have the shapes below. */

export interface Step {
  readonly id?: string;
  readonly name?: string;
  readonly if?: string | boolean;
  readonly uses?: string;
  readonly run?: string;
  readonly shell?: string;
  readonly with?: Value;
  readonly env?: Value;
  readonly "working-directory"?: string;
  readonly "continue-on-error"?: boolean;
}

export interface Job {
  readonly name?: string;
  readonly needs?: string | readonly string[];
  readonly if?: string | boolean;
  readonly strategy?: { readonly matrix?: Value };
  readonly permissions?: Readonly<Record<string, string>>;
  readonly env?: Value;
  readonly outputs?: Readonly<Record<string, string>>;
  readonly steps: readonly Step[];
}

export interface Workflow {
  readonly name?: string;
  readonly on: Value;
  readonly permissions?: Readonly<Record<string, string>>;
  readonly env?: Value;
  readonly jobs: Readonly<Record<string, Job>>;
}

export interface CompositeAction {
  readonly inputs: Readonly<Record<string, { readonly default?: string } | null>>;
  readonly outputs: Readonly<Record<string, { readonly value: string }>>;
  readonly steps: readonly Step[];
}

/** Throws GitHub's errors if it would reject the file. */
export async function loadWorkflow(name: string, text: string): Promise<Workflow> {
  return accepted(await readWorkflow(name, text)) as Workflow;
}

export async function loadAction(directory: string): Promise<CompositeAction> {
  const text = await readFile(join(directory, "action.yml"), "utf8");
  const action = accepted(readAction("action.yml", text)) as {
    inputs?: CompositeAction["inputs"];
    outputs?: CompositeAction["outputs"];
    runs: { using: string; steps: Step[] };
  };
  if (action.runs.using !== "composite")
    throw new Error(`this runner runs composite actions, not ${action.runs.using}`);
  return { inputs: action.inputs ?? {}, outputs: action.outputs ?? {}, steps: action.runs.steps };
}

function accepted({ name, errors, text }: ParsedFile): unknown {
  if (errors.length > 0) throw new Error(errors.map((error) => `${name}:${error}`).join("\n"));
  return load(text);
}
