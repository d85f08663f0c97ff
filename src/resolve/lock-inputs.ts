import { createHash } from "node:crypto";
import { bootstrapInputs } from "../model/bootstrap.js";
import type { DesiredImage } from "../model/desired.js";
import type { ImageNode, Stage } from "../model/graph.js";
import type { LockedPackage } from "../model/lock.js";
import type { ImageName } from "../model/names.js";
import type { Recipe, RecipePackage } from "../model/recipe.js";

/** Digests of what images contain, as far as it is known before they are built, by name (see `rootDigest`). Parents come first. */
export type RootDigests = ReadonlyMap<ImageName, string>;

/** What the packages of an image are resolved from, as two halves of 32 hex digits, so that the one that changed can be told. */
export interface LockInputs {
  /** What the image requests: packages with their approved versions, package manifests, bootstrap, platform. */
  readonly own: string;
  /** What its stages start from: external images by digest, images of the catalogue by their content. */
  readonly start: string;
}

/** `roots` contains all images that this one starts from; a missing one adds nothing. */
export function lockInputsOf({ node, recipe }: DesiredImage, roots: RootDigests): LockInputs {
  const stages = installing(node, recipe);
  const own = stages.map((stage) => [stage.name ?? null, ...requestsOf(stage, node, recipe)]);
  const start = stages.map((stage) => [stage.name ?? null, startOf(stage, node, roots)]);
  return { own: half(hash([node.platform, own])), start: half(hash(start)) };
}

/** The value of `made-from`: another one is a stale entry. */
export function madeFrom(image: DesiredImage, roots: RootDigests): string {
  const { own, start } = lockInputsOf(image, roots);
  return own + start;
}

/**
 * The digest of what an image contains, for those that are built on it: all locked packages of the chain. What an open image
 * (undefined) will contain is not known, so its requests stand in. An image that adds no packages has the digest of what it starts
 * from.
 */
export function rootDigest(
  image: DesiredImage,
  packages: readonly LockedPackage[] | undefined,
  roots: RootDigests,
): string {
  const { node, recipe } = image;
  const final = node.stages.at(-1) as Stage;
  const chain = chainOf(final, node);
  const names = new Set(chain.map(({ name }) => name));
  const start = startOf(chain.at(-1) as Stage, node, roots);
  const stages = chain.filter((stage) => isInstalling(stage, recipe));
  if (stages.length === 0) return start;
  if (packages === undefined) return hash(["open", start, stages.map((stage) => requestsOf(stage, node, recipe))]);
  return hash(["locked", start, closureDigest(packages.filter(({ stage }) => names.has(stage)))]);
}

/** 64 hex digits over packages in any order: equal wherever the same files are installed. */
const closureDigest = (packages: readonly LockedPackage[]) =>
  hash(packages.map((each) => `${each.manager} ${each.name} ${each.version} ${each.arch ?? ""} ${each.sha256}`).sort());

/** The stages that install something: others do not appear in a lockfile. */
const installing = ({ stages }: ImageNode, recipe: Recipe) => stages.filter((stage) => isInstalling(stage, recipe));

const isInstalling = ({ name, base }: Stage, { packages }: Recipe) =>
  base.type === "bootstrap" || packages.some(({ stage }) => stage === name);

/** A stage, and the stages of the same image that it is built on. */
function chainOf(stage: Stage, { stages }: ImageNode): Stage[] {
  const { base } = stage;
  const below = base.type === "stage" ? stages.find(({ name }) => name === base.stage) : undefined;
  // A stage can only be built on one before it.
  return below === undefined || below === stage ? [stage] : [stage, ...chainOf(below, { stages } as ImageNode)];
}

function startOf(stage: Stage, node: ImageNode, roots: RootDigests): string {
  const { base } = stage;
  if (base.type === "image") return roots.get(base.image) ?? "";
  if (base.type === "external") return base.base.digest;
  if (base.type !== "stage") return base.type;
  const [, ...below] = chainOf(stage, node);
  const last = below.at(-1);
  return last === undefined ? "" : `${below.map(({ name }) => name).join(" ")} ${startOf(last, node, roots)}`;
}

function requestsOf(stage: Stage, node: ImageNode, { packages, context }: Recipe): readonly unknown[] {
  const { name, os, language, base } = stage;
  const folder = `${MANIFESTS}${node.stages.indexOf(stage)}/`;
  const manifests = context.filter(({ path }) => path.startsWith(folder));
  return [
    os ?? null,
    language ?? null,
    base.type === "bootstrap" ? bootstrapInputs(base.bootstrap) : null,
    packages
      .filter((entry) => entry.stage === name)
      .map(request)
      .sort(),
    manifests.map(({ path, content }) => `${path.slice(folder.length)} ${content}`).sort(),
  ];
}

/** The place of each stage's package manifests in the build context (render/build-context.ts). */
const MANIFESTS = "manifests/";

/** The approved versions make no difference to an exact request. No part but the constraint contains spaces. */
function request({ kind, manager, name, argument, version, approved, constraint, optional }: RecipePackage): string {
  const isExact = version !== undefined && !version.includes("*");
  const lists = isExact ? "" : approved.length > 1 ? [...approved].sort().join() : (approved[0] ?? "");
  const text = `${kind} ${manager} ${name} ${argument} ${version ?? ""} ${optional ? "optional" : ""} ${lists}`;
  return constraint === undefined ? text : `${text} constraint ${constraint}`;
}

const hash = (value: unknown) => createHash("sha256").update(JSON.stringify(value)).digest("hex");

const half = (digits: string) => digits.slice(0, 32);
