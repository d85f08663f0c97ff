import { createHash } from "node:crypto";
import { bootstrapInputs } from "../model/bootstrap.js";
import { EPOCH } from "../model/build-environment.js";
import type { LockedPackage } from "../model/lock.js";
import type { BuildKey, Digest, Platform } from "../model/names.js";
import type { ApprovedPackage, Recipe } from "../model/recipe.js";
import { bootstrapOf } from "../model/recipe-stages.js";

/** Raised when the meaning of a key changes, so that keys of two versions of Slipway never mean different things. */
const KEY_FORMAT = 1;

/**
 * Every input that can change an image, and nothing else: no name, no version, no Git revision, no time. ARCHITECTURE.md
 * repeats this list.
 */
export interface KeyInputs {
  /** Instructions, environment, labels, package specifications: all that Buildah is told. */
  readonly recipe: Recipe;
  /**
   * What the image is built on: the image ID (config digest) of the parent. Not its key and not its manifest digest: a
   * rebuilt parent with the same bytes, or the same bytes compressed anew, must not rebuild its children. In a plan
   * between two Git trees, where nothing is built, the parent's key stands in.
   */
  readonly parents: readonly (Digest | BuildKey)[];
  /** The same recipe gives other bytes on another architecture. */
  readonly platform: Platform;
  /** Raised by an administrator when the builder changed in a way that nothing else here shows. */
  readonly builderRevision: number;
  /** An audited forced rebuild. */
  readonly rebuildNonce: string | undefined;
}

/** sha256 over the canonical JSON of the inputs (sorted context, fixed member order): 64 hex digits. */
export function buildKey(inputs: KeyInputs): BuildKey {
  const { recipe } = inputs;
  const locked = lockedOf(recipe);
  const bootstrap = bootstrapOf(recipe.containerfile.stages);
  const canonical = [
    KEY_FORMAT,
    recipe.containerfile.text,
    // Git keeps no times and no owners, so path, mode and content are all there is.
    recipe.context.map(({ path, mode, permissions, content }) => [path, permissions ?? mode, content]).sort(byFirst),
    bootstrap ? bootstrapInputs(bootstrap) : null,
    locked ? lockedInputs(locked) : openInputs(recipe.packages),
    inputs.parents,
    inputs.platform,
    EPOCH,
    inputs.builderRevision,
    inputs.rebuildNonce ?? null,
  ];
  return createHash("sha256").update(JSON.stringify(canonical)).digest("hex") as BuildKey;
}

/** What is locked, where that says anything: an image that installs nothing is the same image locked and open. */
export const lockedOf = ({ locked, packages }: Recipe): readonly LockedPackage[] | undefined =>
  packages.length > 0 || (locked?.packages.length ?? 0) > 0 ? locked?.packages : undefined;

/** The bytes of every package. Its name beside them: two names with the same bytes are another request. */
const lockedInputs = (packages: readonly LockedPackage[]) => [
  "locked",
  packages
    .map(({ stage, manager, name, version, sha256 }) => [stage ?? null, manager, name, version, sha256])
    .map((row) => JSON.stringify(row))
    .sort(),
];

/** A package without an exact version is whatever the lists allow: what they allow is an input then. */
const openInputs = (packages: readonly ApprovedPackage[]) =>
  packages
    .filter(({ version }) => version === undefined || version.includes("*"))
    .map(({ kind, name, approved }) => [`${kind} ${name}`, [...approved].sort()])
    .sort(byFirst);

const byFirst = ([a]: readonly unknown[], [b]: readonly unknown[]) => (String(a) < String(b) ? -1 : 1);
