import type { Settings } from "../model/catalogue.js";
import { firstOf } from "../model/cut.js";
import type { Artifact, Body, ImageDefinition } from "../model/definition.js";
import type { DesiredImage } from "../model/desired.js";
import type { ImageNode, StageBase } from "../model/graph.js";
import type { Reason, ReasonCode } from "../model/plan.js";
import { externalReferences } from "../model/recipe-stages.js";
import { packageReasons } from "./package-reasons.js";

interface Side {
  readonly image: DesiredImage;
  readonly settings: Settings;
}

/** Why an image of two Git trees differs, apart from its parents: every cause, the most telling first. */
export function ownReasons(old: Side, now: Side): Reason[] {
  const reasons = [
    ...forced(old, now),
    ...baseDigest(old, now),
    ...packageReasons(old.image.recipe, now.image.recipe),
    ...artifacts(old, now),
    ...fields(old, now),
    ...builder(old, now),
  ];
  if (reasons.length > 0) return reasons;
  if (old.image.recipe.containerfile.text !== now.image.recipe.containerfile.text) {
    return [reason("TEMPLATE", "a template or the package manager's call changed")];
  }
  // If the link that leads to a file is renamed, only the file's name in the image changes.
  return contextPaths(old) === contextPaths(now) ? [] : [reason("ARTIFACT", "the names of files in the image")];
}

const contextPaths = ({ image }: Side) => JSON.stringify(image.recipe.context.map(({ path }) => path).sort());

/** One line for people: `PACKAGE libpq5 15.* → 16.*`. */
export const describeReason = ({ code, detail }: Reason) => `${code} ${detail}`;

const reason = (code: ReasonCode, detail: string): Reason => ({ code, detail, via: [] });

function forced(old: Side, now: Side): Reason[] {
  const [before, after] = [old, now].map(({ image }) => image.node.definition.rebuild);
  if (before?.nonce === after?.nonce) return [];
  return [reason("FORCED", after ? after.reason : "a forced rebuild was taken back")];
}

/** External images of the image or of its stages that are pinned to other digests than before. */
function baseDigest(old: Side, now: Side): Reason[] {
  const before = externalsOf(old).map(nameAndDigest);
  const names = new Set(before.map(([name]) => name));
  return externalsOf(now)
    .map(nameAndDigest)
    .flatMap(([name = "", digest = ""]) => {
      if (!names.has(name) || before.some((each) => each[0] === name && each[1] === digest)) return [];
      return [reason("BASE_DIGEST", `${name} is now ${digest.slice(0, 19)}…`)];
    });
}

const externalsOf = ({ image }: Side) => externalReferences(image.recipe.containerfile.stages);

const nameAndDigest = (reference: string) => reference.split("@");

function artifacts(old: Side, now: Side): Reason[] {
  const [before, after] = [old, now].map(
    ({ image }) => new Map(image.recipe.context.map((entry) => [entry.from, `${entry.mode} ${entry.content}`])),
  ) as [Map<string, string>, Map<string, string>];
  const changed = [...new Set([...before.keys(), ...after.keys()])].filter(
    (path) => before.get(path) !== after.get(path),
  );
  if (changed.length === 0) return [];
  return [reason("ARTIFACT", firstOf(changed.sort(), 1))];
}

/** The content of a body, without differences of order that make none in the image. */
const BODY_FIELDS = {
  artifacts: ({ artifacts: list }) => list.map(({ pointer, name, ...rest }) => placed(rest)),
  env: ({ env }) => sortedPairs(env),
  labels: ({ labels }) => sortedPairs(labels),
  ports: ({ ports }) => [...ports].sort(),
  volumes: ({ volumes }) => [...volumes].sort(),
  setup: ({ setup }) => setup,
  run: ({ run }) => run,
} as const satisfies Record<string, (body: Body) => unknown>;

/** The place of something in the catalogue makes no difference; a change of its content is another reason. */
const placed = (artifact: Omit<Artifact, "pointer" | "name">) =>
  "type" in artifact && artifact.type === "path" ? { ...artifact, path: undefined } : artifact;

const wholeBody = (body: Body) => Object.values(BODY_FIELDS).map((pick) => pick(body));

/** What a stage starts from by its definition, without the place and digest of an external base. */
const start = (base: StageBase) => (base.type === "external" ? base.base.ref : base);

/** The fields of a definition that show in its Containerfile, except packages and the content of artifacts. */
const FIELDS: Readonly<Record<string, (node: ImageNode) => unknown>> = {
  parent: ({ definition: { origin } }) =>
    origin.type === "bootstrap" ? { ...origin.bootstrap, packages: [...origin.bootstrap.packages].sort() } : origin,
  ...Object.fromEntries(
    Object.entries(BODY_FIELDS).map(([name, pick]) => [name, ({ definition }: ImageNode) => pick(definition)]),
  ),
  modules: ({ stages }) => stages.at(-1)?.bodies.slice(0, -1).map(wholeBody),
  stages: ({ stages }) =>
    stages.slice(0, -1).map(({ name, base, bodies }) => [name, start(base), bodies.map(wholeBody)]),
};

function fields(old: Side, now: Side): Reason[] {
  const changed = Object.entries(FIELDS).flatMap(([name, pick]) => {
    const [before, after] = [old, now].map(({ image }) => JSON.stringify(pick(image.node)));
    return before === after ? [] : [name === "parent" ? originField(now.image.node.definition) : name];
  });
  return changed.length === 0 ? [] : [reason("DEFINITION", changed.join(", "))];
}

const originField = ({ origin }: ImageDefinition) => origin.type;

const sortedPairs = (values: readonly { name: string; value: string }[]) =>
  values.map(({ name, value }) => [name, value]).sort(([a], [b]) => ((a ?? "") < (b ?? "") ? -1 : 1));

function builder(old: Side, now: Side): Reason[] {
  const [from, to] = [old.settings, now.settings];
  const reasons: Reason[] = [];
  if (from.builderRevision !== to.builderRevision) {
    reasons.push(reason("BUILDER", `revision ${from.builderRevision} → ${to.builderRevision}`));
  }
  if (old.image.node.platform !== now.image.node.platform) {
    reasons.push(reason("PLATFORM", `${old.image.node.platform} → ${now.image.node.platform}`));
  }
  return reasons;
}
