import type { Body } from "../model/definition.js";
import { type Diagnostic, errorAt, pointerTo } from "../model/diagnostic.js";
import type { Graph, ImageNode } from "../model/graph.js";
import { holdsForImage, type ImagePolicy } from "../model/policies.js";
import { isRootUser } from "../model/root-user.js";
import { wildcardMatches } from "../model/wildcard.js";
import { atLevel } from "./package-rules.js";
import type { Rule } from "./rule.js";

export const rootUser: Rule = ({ catalogue, graph, node }) => {
  const demand = catalogue.policies?.images?.root;
  if (demand === undefined || !holdsForImage(demand, node.definition)) return [];
  const { user, definition } = node;
  if (user !== undefined && !isRootUser(user)) return [];
  const { source, pointer } = definition;
  const body = node.stages.at(-1)?.bodies.findLast(({ run }) => run.user !== undefined);
  const at = body ? body.source.at(`${body.pointer}/run/user`) : source.at(`${pointer}/name`);
  const external = user === undefined ? externalOf(node, graph) : undefined;
  const message =
    external === undefined
      ? `containers of ${node.name} run as root${body || node.parent === undefined ? "" : `, as ${node.parent} says or leaves it`}`
      : `the user that containers of ${node.name} run as is not known: ${external} may say root`;
  const hint = `write \`run: { user: … }\`, here or in a parent; ${demand.source.file} denies root`;
  return [atLevel(errorAt(at, "root-user", message, hint), demand)];
};

/** A description is not inherited: children have another purpose than their parent. */
export const description: Rule = ({ catalogue, node: { name, definition } }) => {
  const demand = catalogue.policies?.images?.description;
  if (demand === undefined || !holdsForImage(demand, definition)) return [];
  if ((definition.description ?? "").trim() !== "") return [];
  const { source, pointer } = definition;
  const hint = `write \`description: …\`, what the image is for; ${demand.source.file} requires it`;
  const at = source.at(`${pointer}/name`);
  return [atLevel(errorAt(at, "description-missing", `${name} has no description`, hint), demand)];
};

/** The external image that a chain of images starts from. */
function externalOf(node: ImageNode, graph: Graph): string | undefined {
  const { base } = [...selfAndAncestors(node, graph)].at(-1)?.stages.at(-1) ?? {};
  return base?.type === "external" ? base.base.ref : undefined;
}

/** The image, its parent, and so on. */
export function* selfAndAncestors(node: ImageNode, { nodes }: Graph): Generator<ImageNode> {
  for (let next: ImageNode | undefined = node; next; next = next.parent && nodes.get(next.parent)) yield next;
}

export const labels: Rule = ({ catalogue, graph, node }) => {
  const { definition } = node;
  const demands = (catalogue.policies?.images?.labels ?? []).filter((demand) => holdsForImage(demand, definition));
  if (demands.length === 0) return [];
  const labelByName = labelsOf(node, graph);
  return demands.flatMap((demand): Diagnostic[] => {
    const { name, pattern, source: policy } = demand;
    const label = labelByName.get(name);
    if (label !== undefined && (pattern === undefined || wildcardMatches(pattern, label.value))) return [];
    const { body } = label ?? { body: definition };
    // A default of the settings has no place in the definition.
    const at = body.source.at(label === undefined ? "/name" : `${body.pointer}${pointerTo("labels", name)}`);
    const code = label === undefined ? "label-missing" : "label-value";
    const message =
      label === undefined
        ? `${node.name} has no label ${name}`
        : `the label ${name} of ${node.name} is ${JSON.stringify(label.value)}, not ${pattern}`;
    const example = pattern === undefined || pattern.includes("*") ? "…" : pattern;
    const hint = `write \`labels: { ${name}: ${example} }\`, here, in a parent or for all in slipway.yaml; ${policy.file} requires it`;
    return [atLevel(errorAt(at, code, message, hint), demand)];
  });
};

/** The image's own labels and those it inherits; the labels of an external base are not known. */
function labelsOf(node: ImageNode, graph: Graph): ReadonlyMap<string, { readonly value: string; readonly body: Body }> {
  const labels = new Map<string, { readonly value: string; readonly body: Body }>();
  for (const { stages } of selfAndAncestors(node, graph))
    for (const body of [...(stages.at(-1)?.bodies ?? [])].reverse())
      for (const { name, value } of body.labels) if (!labels.has(name)) labels.set(name, { value, body });
  return labels;
}

/**
 * Checks the size of an image after it is built and before any tag moves. `bytes`: the sum of its layers and those of its
 * ancestors, uncompressed.
 */
export function imageSize(policy: ImagePolicy | undefined, { definition }: ImageNode, bytes: number): Diagnostic[] {
  const demand = (policy?.sizes ?? []).filter((each) => holdsForImage(each, definition) && bytes > each.bytes);
  return demand.slice(0, 1).map((each) => {
    const { name, source, pointer } = definition;
    const message = `${name} has ${megabytes(bytes)}, and may have ${each.text}`;
    const { file, line } = each.source.at(each.pointer);
    const hint = `leave something out, or make it in a build stage; ${file}, line ${line} says so`;
    return atLevel(errorAt(source.at(`${pointer}/name`), "image-too-large", message, hint), each);
  });
}

/** Rounded up, so that it never reads like the allowed size. */
const megabytes = (bytes: number) => `${Math.ceil(bytes / 1e5) / 10} MB`;
