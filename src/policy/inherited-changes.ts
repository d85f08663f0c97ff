import { cut, withRest } from "../model/cut.js";
import { type Diagnostic, errorAt } from "../model/diagnostic.js";
import type { Graph, ImageNode } from "../model/graph.js";
import type { ImageName } from "../model/names.js";

interface Sides {
  readonly before: { readonly graph: Graph };
  readonly after: { readonly graph: Graph };
}

const FIELDS = ["language", "os"] as const;
type Field = (typeof FIELDS)[number];

const WORDS = { language: "language", os: "operating system" } as const;

/** More names than these help nobody. */
const MAX_NAMES = 20;

/**
 * Warns of a change of an image's language or operating system that other images inherit, because they state none: their packages
 * are then others, and nothing in their definitions shows it. One warning a change, with the names of these images.
 */
export function inheritedChanges(sides: Sides): Diagnostic[] {
  return FIELDS.flatMap((field) => {
    const reached = new Map<ImageNode, ImageName[]>();
    for (const node of sides.after.graph.nodes.values()) {
      if (!inheritsChange(node, field, sides)) continue;
      const cause = causeOf(node, field, sides.after.graph);
      reached.set(cause, [...(reached.get(cause) ?? []), node.name]);
    }
    return [...reached].map(([cause, names]) => warning(cause, names, { field, sides }));
  });
}

/** Whether an image that stays where it is has another value now, which neither side of its own definition states. */
function inheritsChange({ name, parent, definition, ...now }: ImageNode, field: Field, { before }: Sides): boolean {
  const was = before.graph.nodes.get(name);
  if (was === undefined || parent === undefined || was.parent !== parent) return false;
  if (definition[field] !== undefined || was.definition[field] !== undefined) return false;
  return was[field] !== undefined && was[field] !== now[field];
}

/** The nearest ancestor that states the value, or the last one. */
function causeOf(node: ImageNode, field: Field, { nodes }: Graph): ImageNode {
  const parent = node.parent === undefined ? undefined : nodes.get(node.parent);
  return parent === undefined || node.definition[field] !== undefined ? node : causeOf(parent, field, { nodes });
}

function warning(
  cause: ImageNode,
  names: readonly ImageName[],
  { field, sides }: { field: Field; sides: Sides },
): Diagnostic {
  const { source } = cause.definition;
  const at = source.at(cause.definition[field] === undefined ? "/name" : `/${field}`);
  const was = sides.before.graph.nodes.get(cause.name)?.[field];
  const change = `from ${was ?? "none"} to ${cause[field] ?? "none"}`;
  const message = `the ${WORDS[field]} of ${cause.name} changes ${change}, and with it that of images that state none: ${withRest(cut(names, MAX_NAMES)).join(", ")}`;
  const hint = `move them to a parent that is still for ${was ?? "the old one"}, or change their packages in the same pull request`;
  return { ...errorAt(at, "inherited-change", message, hint), severity: "warning" };
}
