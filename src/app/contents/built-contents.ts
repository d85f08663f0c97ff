import type { DesiredImage } from "../../model/desired.js";
import { type Diagnostic, errorAt, type Place } from "../../model/diagnostic.js";
import type { AddedPackage, ImageContents, Inventory, OwnedPackage } from "../../model/inventory.js";
import { normalName, TYPE_OF_MANAGER } from "../../model/package-types.js";
import { inventoryProblems } from "../../packages/installed.js";
import { managersOf } from "../../packages/managers.js";
import { checkContents } from "../../policy/contents.js";
import { ExceptionLedger } from "../../policy/exception-ledger.js";
import { ownedPackages } from "../../resolve/owned-packages.js";
import { type AskedPackage, addedPackages, type LockedName } from "../../resolve/provenance.js";
import { startingPoint } from "../../resolve/starting-point.js";
import type { Loaded } from "../catalogue/catalogue.js";

export interface ImageInventories {
  readonly inventory: Inventory;
  /** Of what the image starts from; undefined: nothing. */
  readonly base: Inventory | undefined;
}

/** What an image adds to what it starts from, by its file systems. */
export function addedTo({ node, recipe }: DesiredImage, { inventory, base }: ImageInventories): AddedPackage[] {
  const start = startingPoint(node);
  const { type } = start.base;
  const inside = recipe.packages.filter(({ stage }) => start.stages.has(stage));
  const asked = inside.map(({ manager, name }): AskedPackage => typed(manager, name));
  const bootstrap = start.base.type === "bootstrap" ? start.base.bootstrap : undefined;
  const made = (bootstrap?.packages ?? []).map((name) => typed(bootstrap?.manager ?? "", name));
  const locked = (recipe.locked ?? [])
    .filter(({ stage }) => start.stages.has(stage))
    .flatMap(({ manager, name, version }): LockedName[] => {
      const found = TYPE_OF_MANAGER[manager];
      return found === undefined ? [] : [{ type: found, name, version }];
    });
  const makesSystem = type === "bootstrap" || type === "scratch";
  return addedPackages({ inventory, base, asked: [...asked, ...made], locked, makesSystem });
}

/** What an image starts from, with everything in it; no inventory: it starts from nothing. */
export interface Below {
  readonly inventory: Inventory | undefined;
  readonly packages: readonly OwnedPackage[];
}

/** Everything in an image that somebody looked at, with what brought it. */
export function builtContents(image: DesiredImage, inventory: Inventory, below: Below): ImageContents {
  const { name } = image.node;
  const added = addedTo(image, { inventory, base: below.inventory });
  const packages = ownedPackages({ image: name, inventory, added, below: below.packages });
  return { image: name, from: "image", ...(inventory.os === undefined ? {} : { os: inventory.os }), packages };
}

function typed(manager: string, name: string): AskedPackage {
  const type = TYPE_OF_MANAGER[manager];
  return type === undefined ? { name } : { type, name: normalName(type, name) };
}

/** Holds what is installed in an image that was built against the approved lists and all rules about contents. */
export function checkBuiltImage(
  image: DesiredImage,
  inventories: ImageInventories,
  { catalogue, today }: Pick<Loaded, "catalogue"> & { readonly today: string },
): readonly Diagnostic[] {
  const { node, recipe } = image;
  const installed = inventoryProblems(recipe.packages, inventories.inventory).map(({ name, message, hint }) =>
    errorAt(placeOf(image, name), "version-not-approved", message, hint),
  );
  const exceptions = new ExceptionLedger(catalogue.exceptions, today).of(node.name);
  const added = addedTo(image, inventories);
  const managers = managersOf(catalogue);
  const problems = checkContents({ catalogue, node, managers, when: "image", added }, exceptions);
  return [...installed, ...problems];
}

/** Where an image asks for a package: by a body's list, or by its manifest. */
function placeOf({ node }: DesiredImage, name: string): Place {
  const bodies = node.stages.at(-1)?.bodies ?? [];
  for (const { systemPackages, runtimePackages, source } of bodies) {
    const request = [...systemPackages, ...runtimePackages].find((entry) => entry.name === name);
    if (request !== undefined) return source.at(request.pointer);
  }
  const manifest = bodies.find(({ runtimeManifest }) => runtimeManifest !== undefined);
  const { source, pointer } = manifest ?? node.definition;
  return source.at(manifest?.runtimeManifest?.pointer ?? pointer);
}
