import type { Catalogue } from "../model/catalogue.js";
import { type Diagnostic, errorAt } from "../model/diagnostic.js";
import type { Graph, ImageNode } from "../model/graph.js";
import type { ImageName, Platform } from "../model/names.js";
import { type Dependent, dependentOn } from "./dependencies.js";
import { stagesOf } from "./stages.js";

export interface Resolved {
  /** Every image that is built from sound images only, in build order. */
  readonly graph: Graph;
  readonly diagnostics: readonly Diagnostic[];
}

/** Builds the graph of a catalogue in time linear in the number of images. Nothing recurses, so depth has no limit. */
export function resolveGraph(catalogue: Catalogue): Resolved {
  const diagnostics: Diagnostic[] = [];
  const known: Dependent[] = [];
  for (const definition of catalogue.images.values()) {
    const dependent = dependentOn(definition, catalogue, diagnostics);
    if (dependent !== undefined) known.push(dependent);
  }
  const children = new Map<ImageName, Dependent[]>();
  const ready: Dependent[] = [];
  for (const dependent of known) {
    if (dependent.needs.length === 0) ready.push(dependent);
    for (const { image } of dependent.needs) {
      const siblings = children.get(image);
      if (siblings === undefined) children.set(image, [dependent]);
      else siblings.push(dependent);
    }
  }
  const nodes = new Map<ImageName, ImageNode>();
  for (let next = 0; next < ready.length; next++) {
    const dependent = ready[next] as Dependent;
    const { name } = dependent.definition;
    const own = children.get(name) ?? [];
    nodes.set(name, node(dependent, own, nodes, catalogue));
    for (const child of own) {
      // An image is ready when the last of its parents is.
      if (child.needs.every(({ image }) => nodes.has(image))) ready.push(child);
    }
  }
  const unresolved = known.filter(({ definition }) => !nodes.has(definition.name));
  diagnostics.push(...cycles(unresolved));
  return { graph: { nodes }, diagnostics };
}

function node(
  dependent: Dependent,
  children: readonly Dependent[],
  nodes: ReadonlyMap<ImageName, ImageNode>,
  catalogue: Catalogue,
): ImageNode {
  const { definition, needs } = dependent;
  const { name, origin } = definition;
  const parent = origin.type === "parent" ? nodes.get(origin.parent) : undefined;
  const stages = stagesOf(dependent, nodes, catalogue);
  const { os, language, user } = stages[stages.length - 1] as (typeof stages)[0];
  return {
    name,
    definition,
    parent: parent?.name,
    parents: needs.map(({ image }) => image),
    children: children.map((child) => child.definition.name),
    level: needs.reduce((level, { image }) => Math.max(level, (nodes.get(image)?.level ?? 0) + 1), 0),
    stages,
    platform: definition.platform ?? parent?.platform ?? (catalogue.settings.platforms[0] as Platform),
    os,
    language,
    user,
  };
}

/** One diagnostic a cycle, at its first image by name. Images that only depend on a cycle or on a bad image are not reported. */
function cycles(unresolved: readonly Dependent[]): Diagnostic[] {
  const byName = new Map(unresolved.map((dependent) => [dependent.definition.name, dependent]));
  const seen = new Set<ImageName>();
  const diagnostics: Diagnostic[] = [];
  for (const start of unresolved) {
    const path: Dependent[] = [];
    let current: Dependent | undefined = start;
    while (current && !seen.has(current.definition.name)) {
      seen.add(current.definition.name);
      path.push(current);
      // Every image that waits for itself also waits for an unresolved one.
      current = current.needs.map(({ image }) => byName.get(image)).find((next) => next !== undefined);
    }
    const entry = current ? path.indexOf(current) : -1;
    if (entry >= 0) diagnostics.push(cycle(path.slice(entry)));
  }
  return diagnostics;
}

function cycle(members: readonly Dependent[]): Diagnostic {
  const names = members.map(({ definition }) => definition.name);
  const first = names.reduce((low, name, index) => (name < (names[low] as ImageName) ? index : low), 0);
  const path = [...names.slice(first), ...names.slice(0, first), names[first] as ImageName];
  const { needs } = members[first] as Dependent;
  const need = needs.find(({ image }) => image === path[1]) as Dependent["needs"][number];
  return errorAt(
    need.at(),
    "cycle",
    `an image cannot derive from itself: ${path.join(" → ")}`,
    "one of these must name another image, or be a BaseImage with `from` or `bootstrap`",
  );
}
