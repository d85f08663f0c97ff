import type { Catalogue } from "../model/catalogue.js";
import type { ImageDefinition } from "../model/definition.js";
import type { Diagnostic } from "../model/diagnostic.js";
import type { Graph, ImageNode } from "../model/graph.js";
import type { ImageName } from "../model/names.js";
import { nearest } from "../model/nearest.js";

export interface Resolved {
  /** Every image whose chain of parents is sound; in build order. */
  readonly graph: Graph;
  readonly diagnostics: readonly Diagnostic[];
}

/** Builds the graph of a catalogue in time linear in the number of images; nothing recurses, so depth is no limit. */
export function resolveGraph(catalogue: Catalogue): Resolved {
  const diagnostics: Diagnostic[] = [];
  const known = [...catalogue.images.values()].filter((definition) => {
    const parent = parentOf(definition);
    if (parent === undefined || catalogue.images.has(parent)) return true;
    // A definition that was left out has its own diagnostic; its children are no second mistake.
    if (!catalogue.rejected?.has(parent)) diagnostics.push(unknownParent(definition, parent, catalogue));
    return false;
  });
  const children = new Map<ImageName, ImageDefinition[]>();
  const ready: ImageDefinition[] = [];
  for (const definition of known) {
    const parent = parentOf(definition);
    const siblings = parent === undefined ? ready : (children.get(parent) ?? []);
    siblings.push(definition);
    if (parent !== undefined) children.set(parent, siblings);
  }
  const nodes = new Map<ImageName, ImageNode>();
  for (let next = 0; next < ready.length; next++) {
    const definition = ready[next] as ImageDefinition;
    const own = children.get(definition.name) ?? [];
    nodes.set(definition.name, node(definition, own, nodes, catalogue));
    for (const child of own) ready.push(child);
  }
  diagnostics.push(
    ...cycles(
      known.filter(({ name }) => !nodes.has(name)),
      catalogue,
    ),
  );
  return { graph: { nodes }, diagnostics };
}

const parentOf = ({ origin }: ImageDefinition) => (origin.type === "parent" ? origin.parent : undefined);

function node(
  definition: ImageDefinition,
  children: readonly ImageDefinition[],
  nodes: ReadonlyMap<ImageName, ImageNode>,
  catalogue: Catalogue,
): ImageNode {
  const { name, origin } = definition;
  const parent = origin.type === "parent" ? nodes.get(origin.parent) : undefined;
  const external = origin.type === "from" ? catalogue.bases.get(origin.ref) : undefined;
  return {
    name,
    definition,
    parents: parent ? [parent.name] : [],
    children: children.map((child) => child.name),
    level: parent ? parent.level + 1 : 0,
    os: definition.os ?? parent?.os ?? external?.os ?? defaultOs(origin),
    language: definition.language ?? parent?.language,
    user: definition.run.user ?? parent?.user,
  };
}

/** What mmdebstrap makes when nothing is said; dnf serves many systems. */
const defaultOs = (origin: ImageDefinition["origin"]) =>
  origin.type === "bootstrap" && origin.bootstrap.manager === "apt" ? "debian" : undefined;

function unknownParent(definition: ImageDefinition, parent: ImageName, { images }: Catalogue): Diagnostic {
  const near = nearest(parent, images.keys());
  return {
    code: "unknown-parent",
    severity: "error",
    message: `no image is named ${JSON.stringify(parent)}`,
    hint: near ? `did you mean \`${near}\`?` : "an image's parent is another image of images/",
    ...definition.source.at("/parent"),
  };
}

/** One diagnostic a cycle, at its first image by name. What merely hangs below a cycle, or below a bad image, is not repeated. */
function cycles(unresolved: readonly ImageDefinition[], catalogue: Catalogue): Diagnostic[] {
  const seen = new Set<ImageName>();
  const found: Diagnostic[] = [];
  for (const start of unresolved) {
    const path: ImageName[] = [];
    let current: ImageDefinition | undefined = start;
    while (current && !seen.has(current.name)) {
      seen.add(current.name);
      path.push(current.name);
      const parent: ImageName | undefined = parentOf(current);
      current = parent === undefined ? undefined : catalogue.images.get(parent);
    }
    const entry = current ? path.indexOf(current.name) : -1;
    if (entry >= 0) found.push(cycle(path.slice(entry), catalogue));
  }
  return found;
}

function cycle(members: readonly ImageName[], { images }: Catalogue): Diagnostic {
  const first = members.reduce((low, name, index) => (name < (members[low] as ImageName) ? index : low), 0);
  const path = [...members.slice(first), ...members.slice(0, first), members[first] as ImageName];
  const definition = images.get(path[0] as ImageName) as ImageDefinition;
  return {
    code: "cycle",
    severity: "error",
    message: `an image cannot derive from itself: ${path.join(" → ")}`,
    hint: "one of these must name another parent, or be a BaseImage with `from` or `bootstrap`",
    ...definition.source.at("/parent"),
  };
}
