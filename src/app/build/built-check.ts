import { type Context, stateRoot } from "../../context.js";
import type { Diagnostic } from "../../model/diagnostic.js";
import type { Inventory } from "../../model/inventory.js";
import { applyExceptions, validExceptions } from "../../policy/exceptions.js";
import { imageSize } from "../../policy/image-rules.js";
import { diagnosticsText } from "../../report/diagnostics.js";
import { finalBase } from "../../run/final-base.js";
import type { BuiltImage } from "../../run/step.js";
import type { Loaded } from "../catalogue/desired.js";
import { checkBuiltImage } from "../contents/built-contents.js";
import { inventoryOf, keepInventory, ofExternal, ofImage } from "../contents/inventories.js";
import type { BuildAudit } from "./built-audit.js";
import type { Workshop } from "./workshop.js";

export interface BuiltSurroundings {
  readonly context: Context;
  readonly loaded: Loaded;
  readonly workshop: Pick<Workshop, "runner" | "inspectExternal" | "sizeOf">;
  /** What is known to be vulnerable. */
  readonly audit: BuildAudit;
}

/** What is wrong with what is installed in an image that was just built; what is only to be warned of is said at once. */
export async function checkBuilt(surroundings: BuiltSurroundings, built: BuiltImage): Promise<readonly Diagnostic[]> {
  const { context, loaded } = surroundings;
  const { image, imageId, inventory } = built;
  await keepInventory(stateRoot(context), ofImage(imageId), inventory);
  const base = await baseInventory(surroundings, built);
  const { catalogue } = loaded;
  const inventories = { inventory, base };
  const exceptions = validExceptions(catalogue.exceptions, context.today()).get(image.node.name) ?? [];
  const found = [
    ...applyExceptions(await sizeProblems(surroundings, built), exceptions).diagnostics,
    ...checkBuiltImage(image, inventories, { catalogue, today: context.today() }),
    ...(await surroundings.audit(image, inventories)),
  ];
  const warnings = found.filter(({ severity }) => severity === "warning");
  if (warnings.length > 0) context.note(`${diagnosticsText(warnings)}\n`);
  return found.filter(({ severity }) => severity === "error");
}

/** Where nobody limits sizes, nobody asks for them. */
async function sizeProblems({ loaded, workshop }: BuiltSurroundings, { image, imageId, signal }: BuiltImage) {
  const { images } = loaded.catalogue.policies ?? {};
  if (images === undefined || images.sizes.length === 0) return [];
  return imageSize(images, image.node, await workshop.sizeOf(imageId, signal));
}

/** undefined: it starts from nothing. */
async function baseInventory(surroundings: BuiltSurroundings, built: BuiltImage): Promise<Inventory | undefined> {
  const { context, workshop } = surroundings;
  const { image, parents, signal, log } = built;
  const { platform, name } = image.node;
  const reference = finalBase(image.recipe.containerfile);
  if (reference === undefined) return undefined;
  const parent = parents.find((each) => reference === `localhost/${each.name}`);
  const [key, look] = parent
    ? [ofImage(parent.imageId), () => workshop.runner.inspect({ name, log, signal, image: parent })]
    : [ofExternal(reference, platform), () => workshop.inspectExternal({ reference, platform }, { name, log, signal })];
  return inventoryOf(stateRoot(context), key, look);
}
