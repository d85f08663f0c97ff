import { type Context, stateRoot } from "../../context.js";
import type { Diagnostic } from "../../model/diagnostic.js";
import type { Inventory } from "../../model/inventory.js";
import { finalBase } from "../../model/recipe-stages.js";
import { ExceptionLedger } from "../../policy/exception-ledger.js";
import { applyExceptions } from "../../policy/exceptions.js";
import { imageSize } from "../../policy/image-rules.js";
import { diagnosticsText } from "../../report/diagnostics.js";
import { withImage } from "../../run/runner.js";
import type { BuiltImage, StepDeps } from "../../run/step.js";
import type { LoadedCatalogue } from "../catalogue/catalogue.js";
import {
  cacheInventory,
  checkBuiltImage,
  externalInventoryKey,
  imageInventoryKey,
  inventoryOf,
} from "../contents/contents.js";
import { type BuildAudit, createBuildAudit } from "./built-audit.js";
import { checkBuiltFiles } from "./file-check.js";
import type { Workshop } from "./workshop.js";

export interface BuiltCheckDeps {
  readonly context: Context;
  readonly loaded: LoadedCatalogue;
  readonly workshop: () => Promise<Pick<Workshop, "runner" | "inspectExternal" | "sizeOf">>;
}

/**
 * The check of one run: compares what is installed in each image that the run has built with what is approved. Returns the errors
 * of an image and prints its warnings at once.
 */
export async function createBuiltCheck(deps: BuiltCheckDeps): Promise<StepDeps["check"]> {
  const audit = createBuildAudit(deps.context, deps.loaded);
  return async (built) => checkBuilt({ ...deps, audit, workshop: await deps.workshop() }, built);
}

interface BuiltSurroundings extends Omit<BuiltCheckDeps, "workshop"> {
  readonly workshop: Awaited<ReturnType<BuiltCheckDeps["workshop"]>>;
  readonly audit: BuildAudit;
}

async function checkBuilt(surroundings: BuiltSurroundings, built: BuiltImage): Promise<readonly Diagnostic[]> {
  const { context, loaded } = surroundings;
  const { image, imageId, inventory } = built;
  await cacheInventory(stateRoot(context), imageInventoryKey(imageId), inventory);
  const base = await baseInventory(surroundings, built);
  const { catalogue } = loaded;
  const inventories = { inventory, base };
  const exceptions = new ExceptionLedger(catalogue.exceptions, context.today()).of(image.node.name);
  const diagnostics = [
    ...applyExceptions(await sizeProblems(surroundings, built), exceptions),
    ...applyExceptions(await checkBuiltFiles({ context, loaded, base }, built), exceptions),
    ...checkBuiltImage(image, inventories, { catalogue, today: context.today() }),
    ...(await surroundings.audit(image, inventories)),
  ];
  const warnings = diagnostics.filter(({ severity }) => severity === "warning");
  if (warnings.length > 0) context.note(`${diagnosticsText(warnings, context.colors.note)}\n`);
  return diagnostics.filter(({ severity }) => severity === "error");
}

/** Measures the image only where a policy limits sizes. */
async function sizeProblems({ loaded, workshop }: BuiltSurroundings, { image, imageId }: BuiltImage) {
  const { images } = loaded.catalogue.policies ?? {};
  if (images === undefined || images.sizes.length === 0) return [];
  return imageSize(images, image.node, await workshop.sizeOf(imageId));
}

/** The inventory of what the image starts from; undefined: it starts from nothing. */
async function baseInventory(surroundings: BuiltSurroundings, built: BuiltImage): Promise<Inventory | undefined> {
  const { context, workshop } = surroundings;
  const { image, parents, signal, log } = built;
  const { platform, name } = image.node;
  const base = finalBase(image.recipe.containerfile.stages);
  const job = { name, log, signal };
  if (base.type === "external") {
    const external = { reference: base.reference, platform };
    const key = externalInventoryKey(base.reference, platform);
    return inventoryOf(stateRoot(context), key, () => workshop.inspectExternal(external, job));
  }
  const parent = base.type === "image" ? parents.find((each) => each.name === base.image) : undefined;
  if (parent === undefined) return undefined;
  return inventoryOf(stateRoot(context), imageInventoryKey(parent.imageId), () =>
    withImage(workshop.runner, { ...job, image: parent }, (opened) => opened.inspect()),
  );
}
