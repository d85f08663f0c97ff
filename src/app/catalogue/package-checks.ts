import type { Catalogue } from "../../model/catalogue.js";
import type { DesiredImage } from "../../model/desired.js";
import type { Diagnostic } from "../../model/diagnostic.js";
import type { Graph, ImageNode, Stage } from "../../model/graph.js";
import type { AddedPackage } from "../../model/inventory.js";
import type { ImageName } from "../../model/names.js";
import type { Managers } from "../../model/package-syntax.js";
import { TYPE_OF_MANAGER } from "../../model/package-types.js";
import type { ApprovedPackage } from "../../model/recipe.js";
import type { Exception } from "../../model/roles.js";
import { type CheckedContents, checkContents, waive } from "../../policy/contents.js";
import { missingLock, requiredPackages } from "../../policy/required-packages.js";
import { lockedAdditions } from "../../resolve/locked-additions.js";

export interface PackageSurroundings {
  readonly catalogue: Catalogue;
  readonly graph: Graph;
  readonly managers: Managers;
  readonly images: ReadonlyMap<ImageName, DesiredImage>;
  /** Those of the image that hold today. */
  readonly exceptions: readonly Exception[];
  /** slipway.lock is about to be made: it is no matter what it holds now. */
  readonly isLocking: boolean;
}

/** Holds what an image and its build stages ask for against the policies about packages. Where it is locked, the lock tells more. */
export function checkRequests(
  node: ImageNode,
  packages: readonly ApprovedPackage[],
  surroundings: PackageSurroundings,
): CheckedContents {
  const { catalogue, managers, exceptions, isLocking } = surroundings;
  if (catalogue.policies?.packages === undefined && catalogue.policies?.licenses === undefined) return NOTHING;
  const context = { ...surroundings, node, packages };
  // The lock that is about to be made may bring what is required.
  const missing = isLocking ? [] : [...requiredPackages(context), ...missingLock(context)];
  const whole = waive(missing, exceptions, context);
  if (!isLocking && catalogue.lock?.find(node.name) !== undefined) return whole;
  const each = node.stages.map((stage) => {
    const asked = packages.filter((entry) => entry.stage === stage.name);
    const added = [...asked, ...bootstrapped(stage)].map(addedByRequest);
    return checkContents({ catalogue, node, stage, managers, when: "request", added }, exceptions);
  });
  return together([whole, ...each]);
}

interface LockSurroundings {
  readonly catalogue: Catalogue;
  readonly managers: Managers;
  /** Those that hold today. */
  readonly exceptions: ReadonlyMap<ImageName, readonly Exception[]>;
}

export interface CheckedLocks {
  /** By image: all of which the lock says what is in them. */
  readonly found: ReadonlyMap<ImageName, readonly Diagnostic[]>;
  readonly used: readonly Exception[];
}

/** Holds what slipway.lock says of images and their build stages against the rules about contents. */
export function checkLocked(
  images: ReadonlyMap<ImageName, DesiredImage>,
  { catalogue, managers, exceptions }: LockSurroundings,
): CheckedLocks {
  const found = new Map<ImageName, readonly Diagnostic[]>();
  const used: Exception[] = [];
  for (const { node, recipe } of images.values()) {
    const { locked } = recipe;
    if (locked === undefined) continue;
    const checked = node.stages.map((stage) => {
      const added = lockedAdditions(locked, stage, node);
      const context = { catalogue, node, stage, managers, when: "lock", added } as const;
      return checkContents(context, exceptions.get(node.name) ?? []);
    });
    found.set(
      node.name,
      checked.flatMap(({ diagnostics }) => diagnostics),
    );
    used.push(...checked.flatMap((each) => each.used));
  }
  return { found, used };
}

const NOTHING: CheckedContents = { diagnostics: [], used: [] };

const together = (all: readonly CheckedContents[]): CheckedContents => ({
  diagnostics: all.flatMap(({ diagnostics }) => diagnostics),
  used: all.flatMap(({ used }) => used),
});

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
