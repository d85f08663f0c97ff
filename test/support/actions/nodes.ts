import type { ParsedFile, WorkflowNode } from "./parser.bundle.js";

/** The node at a path of keys; undefined if one of them is missing. */
export function find(node: WorkflowNode | undefined, ...path: readonly string[]): WorkflowNode | undefined {
  return path.reduce<WorkflowNode | undefined>(
    (found, key) => entriesOf(found).find(([name]) => name === key)?.[1],
    node,
  );
}

/** The text of a scalar, or undefined. */
export function textOf(node: WorkflowNode | undefined): string | undefined {
  return node?.kind === "scalar" ? node.text : undefined;
}

export function entriesOf(node: WorkflowNode | undefined): readonly (readonly [string, WorkflowNode])[] {
  return node?.kind === "map" ? node.entries : [];
}

export function itemsOf(node: WorkflowNode | undefined): readonly WorkflowNode[] {
  if (node?.kind === "list") return node.items;
  return node?.kind === "scalar" && node.text !== "" ? [node] : [];
}

/** Jobs of a workflow by name; none in an action. */
export function jobsOf(file: ParsedFile): readonly (readonly [string, WorkflowNode])[] {
  return entriesOf(find(file.root, "jobs"));
}

/** Steps of all jobs, or of a composite action. */
export function stepsOf(file: ParsedFile): readonly WorkflowNode[] {
  return [
    ...jobsOf(file).flatMap(([, job]) => itemsOf(find(job, "steps"))),
    ...itemsOf(find(file.root, "runs", "steps")),
  ];
}

/** Steps that use an action of that name, whatever its version. */
export function stepsUsing(file: ParsedFile, action: string): readonly WorkflowNode[] {
  return stepsOf(file).filter((step) => textOf(find(step, "uses"))?.startsWith(`${action}@`));
}

/** `on: push`, `on: [push]` and `on: { push: … }` alike. */
export function eventsOf(file: ParsedFile): readonly string[] {
  const on = find(file.root, "on");
  return on?.kind === "map" ? on.entries.map(([event]) => event) : itemsOf(on).map((item) => textOf(item) ?? "");
}

export function scalarsOf(node: WorkflowNode): readonly (WorkflowNode & { readonly kind: "scalar" })[] {
  if (node.kind === "scalar") return [node];
  return (node.kind === "list" ? node.items : node.entries.map(([, value]) => value)).flatMap(scalarsOf);
}

/** The text between `${{` and `}}`, or the whole text of an `if:`, which may omit the braces. */
export function expressionsIn(text: string): readonly string[] {
  return [...text.matchAll(/\$\{\{(.*?)\}\}/gs)].map(([, expression]) => (expression ?? "").trim());
}
