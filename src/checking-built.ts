import { checkBuiltImage } from "./checking-contents.js";
import { type Context, stateRoot } from "./context.js";
import type { Loaded } from "./desired.js";
import { keepInventory, keptInventory } from "./inventories.js";
import type { Diagnostic } from "./model/diagnostic.js";
import type { Inventory } from "./model/inventory.js";
import { diagnosticsText } from "./report/diagnostics.js";
import { finalBase } from "./run/final-base.js";
import type { InspectJob, StoredImage } from "./run/runner.js";
import type { BuiltImage } from "./run/step.js";
import type { Workshop } from "./workshop.js";

export interface BuiltSurroundings {
  readonly context: Context;
  readonly loaded: Loaded;
  readonly workshop: Pick<Workshop, "runner" | "fetchExternal">;
}

/** What is wrong with what is installed in an image that was just built; what is only to be warned of is said at once. */
export async function checkBuilt(surroundings: BuiltSurroundings, built: BuiltImage): Promise<readonly Diagnostic[]> {
  const { context, loaded } = surroundings;
  const { image, imageId, inventory } = built;
  await keepInventory(stateRoot(context), imageId, inventory);
  const base = await baseInventory(surroundings, built);
  const { catalogue } = loaded;
  const found = checkBuiltImage(image, { inventory, base }, { catalogue, today: context.today() });
  const warnings = found.filter(({ severity }) => severity === "warning");
  if (warnings.length > 0) context.note(`${diagnosticsText(warnings)}\n`);
  return found.filter(({ severity }) => severity === "error");
}

/** undefined: it starts from nothing. */
async function baseInventory(surroundings: BuiltSurroundings, built: BuiltImage): Promise<Inventory | undefined> {
  const { image, parents, signal, log } = built;
  const reference = finalBase(image.recipe.containerfile);
  if (reference === undefined) return undefined;
  const parent = parents.find(({ name }) => reference === `localhost/${name}`);
  const { platform, name } = image.node;
  const stored = parent ?? {
    imageId: await surroundings.workshop.fetchExternal({ reference, platform }, signal, log),
  };
  return inventoryOf(surroundings, { name, image: stored, signal, log });
}

/** Of an image that was built before, or is somebody else's: nobody looks twice. */
export async function inventoryOf(
  { context, workshop }: Omit<BuiltSurroundings, "loaded">,
  job: InspectJob,
): Promise<Inventory> {
  const { imageId }: StoredImage = job.image;
  const kept = await keptInventory(stateRoot(context), imageId);
  if (kept !== undefined) return kept;
  const inventory = await workshop.runner.inspect(job);
  await keepInventory(stateRoot(context), imageId, inventory);
  return inventory;
}
