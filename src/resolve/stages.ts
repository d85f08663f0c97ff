import type { Catalogue } from "../model/catalogue.js";
import type { Body, Origin, RunConfig } from "../model/definition.js";
import type { ImageNode, Stage, StageBase } from "../model/graph.js";
import type { ImageName } from "../model/names.js";
import type { Dependent } from "./dependencies.js";

const NOTHING: Stage["inherited"] = { os: undefined, language: undefined, user: undefined, shell: undefined };

/** The build stages of an image and the image itself, with what each inherits. `nodes` contains all that it is built from. */
export function stagesOf(
  { definition, bodies }: Dependent,
  nodes: ReadonlyMap<ImageName, ImageNode>,
  catalogue: Catalogue,
): readonly [...Stage[], Stage] {
  const stages: Stage[] = [];
  const parts = [...definition.stages, definition];
  for (const [index, part] of parts.entries()) {
    const isImage = index === definition.stages.length;
    const base = baseOf(part.origin, isImage ? [] : stages, catalogue);
    const inherited = inheritedFrom(base, stages, nodes);
    const own = bodies[index] as readonly [...Body[], Body];
    stages.push({
      name: isImage ? undefined : (part.name as string),
      base,
      os: part.os ?? inherited.os,
      language: part.language ?? inherited.language,
      user: lastSaid(own, "user") ?? inherited.user,
      shell: lastSaid(own, "shell") ?? inherited.shell,
      inherited,
      ...(part.network === undefined ? {} : { network: part.network }),
      ...(inherited.unknown || isUnknown(part.origin, catalogue) ? { unknown: true as const } : {}),
      bodies: own,
    });
  }
  return stages as [...Stage[], Stage];
}

function baseOf(origin: Origin, before: readonly Stage[], { bases }: Catalogue): StageBase {
  if (origin.type === "bootstrap") return { type: "bootstrap", bootstrap: origin.bootstrap };
  if (origin.type === "from") {
    const base = bases.get(origin.ref);
    return base === undefined ? { type: "scratch" } : { type: "external", base };
  }
  const isStage = before.some(({ name }) => name === origin.parent);
  return isStage ? { type: "stage", stage: origin.parent } : { type: "image", image: origin.parent };
}

const isUnknown = (origin: Origin, { bases }: Catalogue) =>
  origin.type === "from" && origin.ref !== "scratch" && !bases.has(origin.ref);

function inheritedFrom(
  base: StageBase,
  before: readonly Stage[],
  nodes: ReadonlyMap<ImageName, ImageNode>,
): Stage["inherited"] {
  switch (base.type) {
    case "image":
      return nodes.get(base.image)?.stages.at(-1) ?? NOTHING;
    case "stage":
      return before.find(({ name }) => name === base.stage) ?? NOTHING;
    case "external":
      return { ...NOTHING, os: base.base.os };
    case "bootstrap":
      // mmdebstrap makes Debian by default; dnf serves many systems.
      return base.bootstrap.manager === "apt" ? { ...NOTHING, os: "debian" } : NOTHING;
    case "scratch":
      return NOTHING;
  }
}

/** The value of the last body that has one. */
function lastSaid<K extends keyof RunConfig>(bodies: readonly Body[], key: K): RunConfig[K] | undefined {
  for (let index = bodies.length - 1; index >= 0; index--) {
    const value = bodies[index]?.run[key];
    if (value !== undefined) return value;
  }
  return undefined;
}
