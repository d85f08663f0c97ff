import type { Catalogue } from "../../model/catalogue.js";
import type { DesiredImage } from "../../model/desired.js";
import type { Diagnostic } from "../../model/diagnostic.js";
import type { Graph, ImageNode, Stage } from "../../model/graph.js";
import type { AddedPackage } from "../../model/inventory.js";
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
  /** slipway.lock is about to be made: it is no matter what it holds now. */
  readonly isLocking: boolean;
}

/** Holds what an image and its build stages ask for against the policies about packages. Where it is locked, the lock tells more. */
export function checkRequests(
  node: ImageNode,
  packages: readonly ApprovedPackage[],
  surroundings: PackageSurroundings,
): readonly Diagnostic[] {
  const { catalogue, managers, exceptions, isLocking } = surroundings;
  if (catalogue.policies?.packages === undefined && catalogue.policies?.licenses === undefined) return [];
  const context = { ...surroundings, node, packages };
  // The lock that is about to be made may bring what is required.
  const missing = isLocking ? [] : [...requiredPackages(context), ...missingLock(context)];
  const whole = waive(missing, exceptions, context);
  if (!isLocking && catalogue.lock?.find(node.name) !== undefined) return whole;
  const each = node.stages.flatMap((stage) => {
    const asked = packages.filter((entry) => entry.stage === stage.name);
    const added = [...asked, ...bootstrapped(stage)].map(addedByRequest);
    return checkContents({ catalogue, node, stage, managers, when: "request", added }, exceptions);
  });
  return [...whole, ...each];
}

interface LockSurroundings {
  readonly catalogue: Catalogue;
  readonly managers: Managers;
  readonly exceptions: ExceptionLedger;
}

/**
 * Holds what slipway.lock says of images and their build stages against the rules about contents. Every image whose contents
 * the lock knows has an entry.
 */
export function checkLocked(
  images: ReadonlyMap<ImageName, DesiredImage>,
  { catalogue, managers, exceptions }: LockSurroundings,
): ReadonlyMap<ImageName, readonly Diagnostic[]> {
  const found = new Map<ImageName, readonly Diagnostic[]>();
  for (const { node, recipe } of images.values()) {
    const { locked } = recipe;
    if (locked === undefined) continue;
    const problems = node.stages.flatMap((stage) => {
      const added = lockedAdditions(locked, stage, node);
      const context = { catalogue, node, stage, managers, when: "lock", added } as const;
      return checkContents(context, exceptions.of(node.name));
    });
    found.set(node.name, problems);
  }
  return found;
}

type Asked = Pick<ApprovedPackage, "kind" | "manager" | "name" | "version">;

const bootstrapped = ({ base }: Stage): readonly Asked[] =>
  base.type === "bootstrap"
    ? base.bootstrap.packages.map((name) => ({ kind: "system", manager: base.bootstrap.manager, name }))
    : [];

/** Of what is asked for nobody knows yet what comes of it. A catalogue's own managers have no type. */
function addedByRequest({ kind, manager, name, version = "" }: Asked): AddedPackage {
  const type = TYPE_OF_MANAGER[manager] ?? (kind === "system" ? "deb" : "pypi");
  return { kind, type, name, version, place: "", requires: [], provides: [], why: { type: "asked" } };
}
