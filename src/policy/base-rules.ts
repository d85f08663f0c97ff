import type { Body } from "../model/definition.js";
import { type Diagnostic, errorAt } from "../model/diagnostic.js";
import type { StageBase } from "../model/graph.js";
import type { ImageName } from "../model/names.js";
import { type BasePolicy, holdsFor } from "../model/policies.js";
import { wildcardMatches } from "../model/wildcard.js";
import { atLevel } from "./package-rules.js";
import type { Rule } from "./rule.js";

const isOneOf = (patterns: readonly string[], text: string) =>
  patterns.some((pattern) => wildcardMatches(pattern, text));

/** Checks what an image and its build stages start from against policies/bases.yaml. */
export const allowedBases: Rule = ({ catalogue, node, today }) => {
  const policy = catalogue.policies?.bases;
  if (policy === undefined || !holdsFor(policy, node.name)) return [];
  return node.stages.flatMap(({ base, bodies }) => {
    const own = bodies[bodies.length - 1] as Body;
    const diagnostics =
      base.type === "external"
        ? external(base, own, { policy, today })
        : base.type === "bootstrap"
          ? archives(base, own, policy)
          : [];
    return diagnostics.map((diagnostic) => atLevel(diagnostic, policy));
  });
};

function external(
  { base }: Extract<StageBase, { type: "external" }>,
  own: Body,
  { policy, today }: { readonly policy: BasePolicy; readonly today: string },
): Diagnostic[] {
  const { references, maxAge } = policy;
  const at = () => own.source.at(`${own.pointer}/from`);
  const diagnostics: Diagnostic[] = [];
  if (references !== undefined && !isOneOf(references, base.ref)) {
    const hint = `${policy.source.file} allows ${references.join(", ") || "none"}`;
    diagnostics.push(errorAt(at(), "base-not-allowed", `images must not be built on ${base.ref}`, hint));
  }
  if (maxAge === undefined) return diagnostics;
  const entry = base.source.at(base.pointer);
  const where = `${entry.file}, line ${entry.line}`;
  if (base.pinned === undefined) {
    const message = `the day on which ${base.ref} was pinned is missing, and a base must not be older than ${maxAge} days`;
    diagnostics.push(
      errorAt(at(), "base-age", message, `write \`pinned: YYYY-MM-DD\`, the day of its digest, at ${where}`),
    );
  } else if (isTooOld({ pinned: base.pinned, maxAge }, today)) {
    const message = `${base.ref} was pinned on ${base.pinned}, more than ${maxAge} days ago`;
    const hint = `\`slipway update\` takes the newest digest; if that is still this one, write today's date as \`pinned\` at ${where}`;
    diagnostics.push(errorAt(at(), "base-age", message, hint));
  }
  return diagnostics;
}

function archives(
  { bootstrap }: Extract<StageBase, { type: "bootstrap" }>,
  { source, pointer }: Body,
  { archives: allowed, source: policy }: BasePolicy,
): Diagnostic[] {
  if (allowed === undefined) return [];
  const used =
    bootstrap.manager === "apt"
      ? [{ archive: bootstrap.suite, key: "suite" }]
      : bootstrap.repositories.map(({ name, url }) => ({ archive: url, key: `repositories/${name}` }));
  const hint = `${policy.file} allows ${allowed.join(", ") || "none"}`;
  return used
    .filter(({ archive }) => !isOneOf(allowed, archive))
    .map(({ archive, key }) => {
      const message = `a bootstrap must not be made from the archive ${archive}`;
      return errorAt(source.at(`${pointer}/bootstrap/${key}`), "base-not-allowed", message, hint);
    });
}

/**
 * A base image is built on base images alone: everybody may change another image, and would change the base with it. Only the direct
 * step is checked, because everything that the other base image is built on is checked there. No exception waives this.
 */
export const baseOnBases: Rule = ({ graph, node: { name, definition, stages } }) => {
  if (definition.kind !== "BaseImage") return [];
  const before = new Set<string>();
  return stages.flatMap((stage) => {
    const { base, bodies } = stage;
    const own = bodies[bodies.length - 1] as Body;
    const used = [
      ...(base.type === "image" ? [{ image: base.image, body: own, pointer: `${own.pointer}/parent` }] : []),
      ...bodies.flatMap((body) =>
        body.artifacts.flatMap((artifact) =>
          artifact.type === "image" && !before.has(artifact.image)
            ? [{ image: artifact.image as ImageName, body, pointer: `${artifact.pointer}/image` }]
            : [],
        ),
      ),
    ];
    before.add(stage.name ?? "");
    return used.flatMap(({ image, body, pointer }) => {
      const other = graph.nodes.get(image)?.definition;
      if (other === undefined || other.kind === "BaseImage") return [];
      const message = `${name} is a base image and is built on ${image}, which is none and can be changed without an administrator`;
      const hint = `use a base image, or write \`kind: BaseImage\` in ${other.source.file}`;
      return [errorAt(body.source.at(pointer), "base-on-image", message, hint)];
    });
  });
};

const isTooOld = ({ pinned, maxAge }: { readonly pinned: string; readonly maxAge: number }, today: string) =>
  daysBetween(pinned, today) > maxAge;

/** Both are days of the form `YYYY-MM-DD`. */
const daysBetween = (from: string, to: string) =>
  (Date.parse(`${to}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / 86_400_000;
