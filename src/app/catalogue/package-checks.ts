import type { Catalogue } from "../../model/catalogue.js";
import type { DesiredImage } from "../../model/desired.js";
import type { Diagnostic } from "../../model/diagnostic.js";
import type { Graph, ImageNode, Stage } from "../../model/graph.js";
import type { AddedPackage } from "../../model/inventory.js";
import type { LockedPackage } from "../../model/lock.js";
import type { ImageName } from "../../model/names.js";
import type { Managers } from "../../model/package-syntax.js";
import { TYPE_OF_MANAGER } from "../../model/package-types.js";
import type { ApprovedPackage } from "../../model/recipe.js";
import { checkContents, waive } from "../../policy/contents.js";
import type { ExceptionLedger, Waivers } from "../../policy/exception-ledger.js";
import { missingLock, requiredPackages } from "../../policy/required-packages.js";
import { lockedAdditions } from "../../resolve/locked-additions.js";

export interface PackageSurroundings {
  readonly catalogue: Catalogue;
  readonly graph: Graph;
  readonly managers: Managers;
  readonly images: ReadonlyMap<ImageName, DesiredImage>;
  /** Those of the image. */
  readonly exceptions: Waivers;
  /** The lockfile is about to be made, so what it has now does not count. */
  readonly isLocking: boolean;
}

/**
 * Checks the packages that an image and its stages request against the policies about packages. For a locked image, its locked
 * packages are checked instead: they say more.
 */
export function checkRequestedPackages(
  node: ImageNode,
  packages: readonly ApprovedPackage[],
  surroundings: PackageSurroundings,
): readonly Diagnostic[] {
  const { catalogue, managers, exceptions, isLocking } = surroundings;
  if (catalogue.policies?.packages === undefined && catalogue.policies?.licenses === undefined) return [];
  const context = { ...surroundings, node, packages };
  // The lockfile that is about to be made may bring what is required.
  const missing = isLocking ? [] : [...requiredPackages(context), ...missingLock(context)];
  const imageProblems = waive(missing, exceptions, context);
  if (!isLocking && catalogue.lock?.find(node.name) !== undefined) return imageProblems;
  const stageProblems = node.stages.flatMap((stage) => {
    const requested = packages.filter((entry) => entry.stage === stage.name);
    const added = [...requested, ...bootstrapPackages(stage)].map(addedPackage);
    return checkContents({ catalogue, node, stage, managers, when: "request", added }, exceptions);
  });
  return [...imageProblems, ...stageProblems];
}

interface LockSurroundings {
  readonly catalogue: Catalogue;
  readonly managers: Managers;
  readonly exceptions: ExceptionLedger;
}

/** Checks the packages that an image and its stages are about to install. Licences that only the installed package states are left. */
export function checkClosure(
  { node }: DesiredImage,
  packages: readonly LockedPackage[],
  { catalogue, managers, exceptions }: LockSurroundings,
): readonly Diagnostic[] {
  return node.stages.flatMap((stage) => {
    const added = lockedAdditions(packages, stage, node);
    return checkContents({ catalogue, node, stage, managers, when: "closure", added }, exceptions.of(node.name));
  });
}

/**
 * Checks the locked packages of images and their stages against the rules about contents. Returns an entry for every locked image.
 */
export function checkLockedPackages(
  images: ReadonlyMap<ImageName, DesiredImage>,
  { catalogue, managers, exceptions }: LockSurroundings,
): ReadonlyMap<ImageName, readonly Diagnostic[]> {
  const diagnostics = new Map<ImageName, readonly Diagnostic[]>();
  for (const { node, recipe } of images.values()) {
    const { locked } = recipe;
    if (locked === undefined) continue;
    const problems = node.stages.flatMap((stage) => {
      const added = lockedAdditions(locked.packages, stage, node);
      const context = { catalogue, node, stage, managers, when: "lock", added } as const;
      return checkContents(context, exceptions.of(node.name));
    });
    diagnostics.set(node.name, problems);
  }
  return diagnostics;
}

type StagePackage = Pick<ApprovedPackage, "kind" | "manager" | "name" | "version">;

const bootstrapPackages = ({ base }: Stage): readonly StagePackage[] =>
  base.type === "bootstrap"
    ? base.bootstrap.packages.map((name) => ({ kind: "system", manager: base.bootstrap.manager, name }))
    : [];

/** A requested package as one that is added: what else it will bring is not known yet. A catalogue's own managers have no type. */
function addedPackage({ kind, manager, name, version = "" }: StagePackage): AddedPackage {
  const type = TYPE_OF_MANAGER[manager] ?? (kind === "system" ? "deb" : "pypi");
  return { kind, type, name, version, place: "", requires: [], provides: [], why: { type: "asked" } };
}
