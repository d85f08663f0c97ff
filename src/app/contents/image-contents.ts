import type { Context } from "../../context.js";
import { CommandError, EXIT } from "../../exit.js";
import type { DesiredImage } from "../../model/desired.js";
import type { ImageContents, Inventory } from "../../model/inventory.js";
import type { ImageName } from "../../model/names.js";
import { lockedContents } from "../../resolve/locked-contents.js";
import { observeAll } from "../../resolve/observe.js";
import { packagesOfBase } from "../../resolve/owned-packages.js";
import { startingPoint } from "../../resolve/starting-point.js";
import { StepFailure } from "../../run/runner.js";
import type { LoadedCatalogue } from "../catalogue/catalogue.js";
import { openRegistryFor } from "../plan/plan.js";
import { type BaseContents, builtContents } from "./built-contents.js";
import { type ContentsOptions, ContentsReader } from "./contents-reader.js";

/**
 * The contents of each image of the catalogue. They are those of the image that the registry has for the current definition, where
 * this machine has an inventory of it and of everything below it, or where a document is attached to it; otherwise those that the
 * lockfile gives; otherwise they are unknown. Throws RegistryError.
 */
export async function contentsOf(
  context: Context,
  loaded: LoadedCatalogue,
  options: ContentsOptions,
): Promise<ReadonlyMap<ImageName, ImageContents>> {
  const { images } = loaded.desired;
  const registry = openRegistryFor(context, loaded.desired.settings, options);
  const observations = await observeAll(registry, loaded.desired);
  const reader = new ContentsReader(context, loaded, { ...options, registry, observations });
  const soFar = { contents: new Map<ImageName, ImageContents>(), inventories: new Map<ImageName, Inventory>() };
  try {
    const inventoried = await reader.inventoried(images.values());
    // All at once: one after another they would take a while for a whole catalogue.
    await Promise.all(
      [...images.values()].filter((image) => !inventoried.has(image)).map((image) => reader.attachedContents(image)),
    );
    for (const image of images.values()) {
      const { name } = image.node;
      const cached = inventoried.has(image) ? await contentsByInventory(image, reader, soFar) : undefined;
      const attached = cached ?? (await reader.attachedContents(image));
      const contents =
        attached ?? (await contentsByInventory(image, reader, soFar)) ?? lockedContents(image, soFar.contents);
      soFar.contents.set(name, contents);
      const { os, packages } = contents;
      if (attached !== undefined && !soFar.inventories.has(name))
        soFar.inventories.set(name, { ...(os && { os }), packages });
    }
    return soFar.contents;
  } catch (error) {
    if (!(error instanceof StepFailure)) throw error;
    throw new CommandError(EXIT.unavailable, error.message, error.tail.at(-1));
  } finally {
    await reader.close();
  }
}

/** The contents of images that come earlier in build order. */
interface ContentsSoFar {
  readonly contents: ReadonlyMap<ImageName, ImageContents>;
  readonly inventories: Map<ImageName, Inventory>;
}

/** undefined: there is no inventory of the image, or of what it starts from. */
async function contentsByInventory(
  image: DesiredImage,
  reader: ContentsReader,
  soFar: ContentsSoFar,
): Promise<ImageContents | undefined> {
  const { name } = image.node;
  const inventory = await reader.imageInventory(image);
  const base = inventory && (await baseOf(image, reader, soFar));
  if (inventory === undefined || base === undefined) return undefined;
  soFar.inventories.set(name, inventory);
  return builtContents(image, inventory, base);
}

/** undefined: there is no inventory of what the image starts from. */
async function baseOf(
  image: DesiredImage,
  reader: ContentsReader,
  { contents, inventories }: ContentsSoFar,
): Promise<BaseContents | undefined> {
  const { base } = startingPoint(image.node);
  if (base.type === "image") {
    const inventory = inventories.get(base.image);
    return inventory && { inventory, packages: contents.get(base.image)?.packages ?? [] };
  }
  if (base.type !== "external") return { inventory: undefined, packages: [] };
  const inventory = await reader.externalInventory(image);
  return inventory && { inventory, packages: packagesOfBase(inventory) };
}
