import type { DesiredImage } from "../../model/desired.js";
import { type Diagnostic, errorAt, type Place } from "../../model/diagnostic.js";
import type { AddedPackage, ImageContents, Inventory, OwnedPackage } from "../../model/inventory.js";
import { normalName, TYPE_OF_MANAGER } from "../../model/package-types.js";
import { inventoryProblems } from "../../packages/installed.js";
import { managersOf } from "../../packages/managers.js";
import { checkContents } from "../../policy/contents.js";
import { ExceptionLedger } from "../../policy/exception-ledger.js";
import { ownedPackages } from "../../resolve/owned-packages.js";
import { addedPackages, type LockedName, type RequestedName } from "../../resolve/provenance.js";
import { startingPoint } from "../../resolve/starting-point.js";
import type { LoadedCatalogue } from "../catalogue/catalogue.js";

export interface ImageInventories {
  readonly inventory: Inventory;
  /** The inventory of what the image starts from; undefined: it starts from nothing. */
  readonly base: Inventory | undefined;
}

/** The packages that an image adds to what it starts from, by the inventories of both. */
export function packagesAddedBy({ node, recipe }: DesiredImage, { inventory, base }: ImageInventories): AddedPackage[] {
  const start = startingPoint(node);
  const { type } = start.base;
  const bootstrap = start.base.type === "bootstrap" ? start.base.bootstrap : undefined;
  const requested: RequestedName[] = [
    ...recipe.packages.filter(({ stage }) => start.stages.has(stage)),
    ...(bootstrap?.packages ?? []).map((name) => ({ manager: bootstrap?.manager ?? "", name })),
  ].map(({ manager, name }) => packageIdentity(manager, name));
  const locked = (recipe.locked?.packages ?? [])
    .filter(({ stage }) => start.stages.has(stage))
    .flatMap(({ manager, name, version }): LockedName[] => {
      const packageType = TYPE_OF_MANAGER[manager];
      return packageType === undefined ? [] : [{ type: packageType, name, version }];
    });
  const makesSystem = type === "bootstrap" || type === "scratch";
  return addedPackages({ inventory, base, requested: requested, locked, makesSystem });
}

/** What an image starts from, with everything in it; without an inventory, the image starts from nothing. */
export interface BaseContents {
  readonly inventory: Inventory | undefined;
  readonly packages: readonly OwnedPackage[];
}

/** Everything in an image with an inventory, each package with the image that brought it. */
export function builtContents(image: DesiredImage, inventory: Inventory, base: BaseContents): ImageContents {
  const { name } = image.node;
  const added = packagesAddedBy(image, { inventory, base: base.inventory });
  const packages = ownedPackages({ image: name, inventory, added, below: base.packages });
  return { image: name, from: "image", ...(inventory.os === undefined ? {} : { os: inventory.os }), packages };
}

function packageIdentity(manager: string, name: string): RequestedName {
  const type = TYPE_OF_MANAGER[manager];
  return type === undefined ? { name } : { type, name: normalName(type, name) };
}

/** Checks what is installed in an image that was built against the approved lists and all rules about contents. */
export function checkBuiltImage(
  image: DesiredImage,
  inventories: ImageInventories,
  { catalogue, today }: Pick<LoadedCatalogue, "catalogue"> & { readonly today: string },
): readonly Diagnostic[] {
  const { node, recipe } = image;
  const installed = inventoryProblems(recipe.packages, inventories.inventory).map(({ name, message, hint }) =>
    errorAt(placeOf(image, name), "version-not-approved", message, hint),
  );
  const exceptions = new ExceptionLedger(catalogue.exceptions, today).of(node.name);
  const added = packagesAddedBy(image, inventories);
  const managers = managersOf(catalogue);
  const problems = checkContents({ catalogue, node, managers, when: "image", added }, exceptions);
  return [...installed, ...problems];
}

/** The place where an image requests a package: in a body's list, or by its package manifest. */
function placeOf({ node }: DesiredImage, name: string): Place {
  const bodies = node.stages.at(-1)?.bodies ?? [];
  for (const { systemPackages, runtimePackages, source } of bodies) {
    const requested = [...systemPackages, ...runtimePackages].find((entry) => entry.name === name);
    if (requested !== undefined) return source.at(requested.pointer);
  }
  const manifest = bodies.find(({ runtimeManifest }) => runtimeManifest !== undefined);
  const { source, pointer } = manifest ?? node.definition;
  return source.at(manifest?.runtimeManifest?.pointer ?? pointer);
}
