import { createHash } from "node:crypto";
import { bootstrapInputs } from "../model/bootstrap.js";
import { EPOCH } from "../model/build-environment.js";
import type { LockedPackage } from "../model/lock.js";
import type { BuildKey, Digest, Platform } from "../model/names.js";
import { unusualNetwork } from "../model/network.js";
import type { ApprovedPackage, Recipe } from "../model/recipe.js";
import { bootstrapOf } from "../model/recipe-stages.js";

/**
 * Incremented when the meaning of a key changes, so that one key never means two things in two versions of Slipway. 2: an image under its
 * key was built from its closure, and every file of it was accounted for.
 */
const KEY_FORMAT = 2;

/**
 * Every input that can change an image, and nothing else: no name, no version, no Git revision, no time. ARCHITECTURE.md
 * repeats this list.
 */
export interface KeyInputs {
  /** Instructions, environment, labels, packages: everything that Buildah is told. */
  readonly recipe: Recipe;
  /**
   * What the image is built on: the image ID (config digest) of the parent. It is not the parent's key or manifest digest, because
   * a rebuilt parent with the same bytes, or with the same bytes compressed anew, must not rebuild its children. In a plan between
   * two Git trees, where nothing is built, the parent's key stands in.
   */
  readonly parents: readonly (Digest | BuildKey)[];
  /** The same recipe produces other bytes on another architecture. */
  readonly platform: Platform;
  /** Incremented by an administrator when the builder changed in a way that no other input shows. */
  readonly builderRevision: number;
  /** Set for an audited, forced rebuild. */
  readonly rebuildNonce: string | undefined;
}

/** sha256 over the canonical JSON of the inputs (sorted context, fixed member order): 64 hex digits. */
export function buildKey(inputs: KeyInputs): BuildKey {
  const { before, after } = keyText(inputs);
  const text = before + parentsText(inputs.parents) + after;
  return createHash("sha256").update(text).digest("hex") as BuildKey;
}

/** The canonical JSON up to the parents and after them: what is left of an image's key when only its parents change. */
export function keyText({ recipe, platform, builderRevision, rebuildNonce }: Omit<KeyInputs, "parents">): {
  readonly before: string;
  readonly after: string;
} {
  const locked = lockedOf(recipe);
  const bootstrap = bootstrapOf(recipe.containerfile.stages);
  const network = unusualNetwork(recipe);
  const before = [
    KEY_FORMAT,
    recipe.containerfile.text,
    // Git keeps no times and no owners, so path, mode and content are all there is.
    recipe.context.map(({ path, mode, permissions, content }) => [path, permissions ?? mode, content]).sort(byFirst),
    bootstrap ? bootstrapInputs(bootstrap) : null,
    locked ? lockedInputs(locked) : openInputs(recipe.packages),
  ];
  const after = [
    platform,
    EPOCH,
    builderRevision,
    rebuildNonce ?? null,
    ...(network === undefined ? [] : [["network", network]]),
  ];
  return { before: `${JSON.stringify(before).slice(0, -1)},`, after: `,${JSON.stringify(after).slice(1)}` };
}

/** What stands between the two: hex digits and digests need no quoting. */
export const parentsText = (parents: readonly (Digest | BuildKey)[]) =>
  parents.length === 0 ? "[]" : `["${parents.join('","')}"]`;

/** The locked packages, where they make a difference: an image that installs nothing is the same locked and open. */
export const lockedOf = ({ locked, packages }: Recipe): readonly LockedPackage[] | undefined =>
  packages.length > 0 || (locked?.packages.length ?? 0) > 0 ? locked?.packages : undefined;

/** The bytes of every package, with its name: two names with the same bytes are different requests. */
const lockedInputs = (packages: readonly LockedPackage[]) => [
  "locked",
  packages
    .map(({ stage, manager, name, version, sha256 }) => [stage ?? null, manager, name, version, sha256])
    .map((row) => JSON.stringify(row))
    .sort(),
];

/** A package without an exact version may be any that the lists allow, so what they allow is an input. */
const openInputs = (packages: readonly ApprovedPackage[]) =>
  packages
    .filter(({ version }) => version === undefined || version.includes("*"))
    .map(({ kind, name, approved }) => [`${kind} ${name}`, [...approved].sort()])
    .sort(byFirst);

const byFirst = ([a]: readonly unknown[], [b]: readonly unknown[]) => (String(a) < String(b) ? -1 : 1);
