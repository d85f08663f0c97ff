import type { Diagnostic, Place, Position } from "../model/diagnostic.js";
import type { DiagnosticCode } from "../model/diagnostic-codes.js";
import type { ImageName } from "../model/names.js";
import { nearest } from "../model/nearest.js";
import { isReservedTag } from "../model/tags.js";
import { allowedBases, baseOnBases } from "./base-rules.js";
import { dangerousVariables } from "./environment-rules.js";
import { description, labels, rootUser } from "./image-rules.js";
import { installerPresent } from "./installer-rule.js";
import { hostNetwork, ownPackageHosts } from "./network-rules.js";
import type { Rule, RuleContext } from "./rule.js";
import { STAGE_RULES } from "./stage-rules.js";
import { installsAtStart } from "./start-rules.js";
import { withdrawnBaseProblem } from "./withdrawn.js";

/** Only a base image may start from something outside the catalogue: every other image derives from one. */
const baseOnly: Rule = ({ node: { definition } }) => {
  const { kind, origin } = definition;
  if (kind === "BaseImage" || origin.type === "parent") return [];
  return [
    problem(
      "base-only",
      `only a BaseImage may use \`${origin.type}\``,
      "write `kind: BaseImage`, or name a `parent`",
      definition.source.at(`/${origin.type}`, "key"),
    ),
  ];
};

const knownBase: Rule = ({ catalogue, node: { definition } }) =>
  [...definition.stages, definition].flatMap(({ origin, source, pointer }) => {
    if (origin.type !== "from" || origin.ref === "scratch" || catalogue.bases.has(origin.ref)) return [];
    const near = nearest(origin.ref, catalogue.bases.keys());
    const hint = near
      ? `did you mean \`${near}\`?`
      : "an administrator can add it, pinned by digest, to catalog/bases.yaml";
    const message = `${JSON.stringify(origin.ref)} is not in catalog/bases.yaml`;
    return [problem("unknown-base", message, hint, source.at(`${pointer}/from`))];
  });

const extendable: Rule = (context) =>
  startedFrom(context).flatMap(({ parent, at }) => {
    if (parent.definition.metadata.extendable !== false) return [];
    const hint = `${parent.definition.source.file} says \`extendable: false\`; choose another parent`;
    return [problem("not-extendable", `nothing may derive from ${parent.name}`, hint, at())];
  });

/** The images of the catalogue that build stages and the image itself start from, each with its place. */
function startedFrom({ graph, node: { stages } }: RuleContext) {
  return stages.flatMap(({ base, bodies }) => {
    const parent = base.type === "image" ? graph.nodes.get(base.image) : undefined;
    const own = bodies.at(-1);
    // Positions are computed only for problems: for every image they would take longer than all rules together.
    return parent && own ? [{ parent, at: () => own.source.at(`${own.pointer}/parent`) }] : [];
  });
}

/** No version, tag of the definition's own or default tag may be one that Slipway uses itself. */
const reservedTags: Rule = ({ node: { definition }, catalogue: { settings } }) => {
  const { version, tags, source } = definition;
  const moving =
    tags === undefined
      ? { tags: settings.defaults.tags, source: settings.source, pointer: "/defaults/tags" }
      : { tags, source, pointer: "/tags" };
  const problems: Diagnostic[] = [];
  const refuse = (tag: string, place: Place | undefined, hint: string) => {
    const message = `${JSON.stringify(tag)} is a tag that Slipway uses itself`;
    problems.push(problem("reserved-version", message, hint, place ?? source.at("/name")));
  };
  if (version === "latest" || isReservedTag(version))
    refuse(version, source.at("/version"), "give the image a version such as `1.0`");
  for (const [index, tag] of moving.tags.entries())
    if (isReservedTag(tag)) refuse(tag, moving.source?.at(`${moving.pointer}/${index}`), "use another tag");
  return problems;
};

/** Everything that an image is built from must be for the same platform. */
const onePlatform: Rule = ({ graph, node: { parents, platform, definition } }) => {
  const other = parents.map((name) => graph.nodes.get(name)).find((parent) => parent && parent.platform !== platform);
  if (other === undefined) return [];
  const pointer = definition.platform === undefined ? "/parent" : "/platforms";
  const message = `the image is for ${platform}, and ${other.name}, which it is built from, for ${other.platform}`;
  return [problem("platform-mismatch", message, "build both for one platform", definition.source.at(pointer))];
};

const allowedSystem: Rule = ({ catalogue: { operatingSystems, bases }, node: { os, definition } }) => {
  if (operatingSystems === undefined || operatingSystems.allowed.includes(os ?? "")) return [];
  const { allowed, isWarning, source } = operatingSystems;
  const { origin } = definition;
  // Reported once, where it comes in: images that derive from it make no further mistake.
  if (origin.type === "parent") return [];
  const isExternal = origin.type === "from" && origin.ref !== "scratch";
  // Its entry in catalog/bases.yaml tells its system; a missing entry is reported elsewhere.
  if (os === undefined && isExternal && !bases.has(origin.ref)) return [];
  const names = allowed.join(" or ");
  const [has, hint] =
    os === undefined && isExternal
      ? [
          "the system of this one is not known",
          `if it is ${names}, an administrator adds \`os\` to its entry in catalog/bases.yaml`,
        ]
      : [`this one has ${os ?? "no operating system"}`, `${source.file} says so; use another base`];
  const at = definition.source.at(definition.os === undefined ? `/${origin.type}` : "/os");
  const diagnostic = problem("os-not-allowed", `every image must derive from ${names}, and ${has}`, hint, at);
  return [isWarning ? { ...diagnostic, severity: "warning" } : diagnostic];
};

const withdrawnBase: Rule = ({ node: { stages } }) =>
  stages.flatMap(({ base, bodies }) => {
    const withdrawn = base.type === "external" ? base.base.withdrawn : undefined;
    const own = bodies.at(-1);
    if (base.type !== "external" || withdrawn === undefined || own === undefined) return [];
    return [{ ...withdrawnBaseProblem(base.base.ref, withdrawn), ...own.source.at(`${own.pointer}/from`) }];
  });

/** Warns images that build on a deprecated one; the deprecated image itself is reported by `status`. */
const deprecatedParent: Rule = (context) =>
  startedFrom(context).flatMap(({ parent, at }): Diagnostic[] => {
    const { deprecated } = parent.definition.metadata;
    if (deprecated === undefined) return [];
    const { since, reason, replacement } = deprecated;
    const message = `${parent.name} is deprecated${since === undefined ? "" : ` since ${since}`}: ${reason}`;
    const hint = replacement === undefined ? "derive from another image" : `derive from \`${replacement}\``;
    return [{ ...problem("deprecated-image", message, hint, at()), severity: "warning" }];
  });

const replacementExists: Rule = ({ catalogue: { images, rejected }, node: { definition } }) => {
  const replacement = definition.metadata.deprecated?.replacement as ImageName | undefined;
  if (replacement === undefined || images.has(replacement) || rejected?.has(replacement)) return [];
  const near = nearest(replacement, images.keys());
  const hint = near ? `did you mean \`${near}\`?` : "name another image of the catalogue";
  const at = definition.source.at("/metadata/deprecated/replacement");
  return [problem("unknown-image", `no image is named ${JSON.stringify(replacement)}`, hint, at)];
};

export const RULES: readonly Rule[] = [
  baseOnly,
  knownBase,
  extendable,
  ...STAGE_RULES.map(
    (rule): Rule =>
      ({ node: { stages }, managers }) =>
        stages.flatMap((stage) => rule(stage, managers)),
  ),
  reservedTags,
  onePlatform,
  allowedSystem,
  withdrawnBase,
  deprecatedParent,
  replacementExists,
  allowedBases,
  baseOnBases,
  dangerousVariables,
  installsAtStart,
  installerPresent,
  rootUser,
  description,
  labels,
  hostNetwork,
  ownPackageHosts,
];

function problem(code: DiagnosticCode, message: string, hint: string, at: Position): Diagnostic {
  return { code, severity: "error", message, hint, ...at };
}
