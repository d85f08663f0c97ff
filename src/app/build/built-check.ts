import { type Context, stateRoot } from "../../context.js";
import type { Diagnostic } from "../../model/diagnostic.js";
import type { Inventory } from "../../model/inventory.js";
import { ExceptionLedger } from "../../policy/exception-ledger.js";
import { applyExceptions } from "../../policy/exceptions.js";
import { imageSize } from "../../policy/image-rules.js";
import { diagnosticsText } from "../../report/diagnostics.js";
import { finalBase } from "../../run/final-base.js";
import type { BuiltImage, StepDeps } from "../../run/step.js";
import type { Loaded } from "../catalogue/catalogue.js";
import { checkBuiltImage, inventoryOf, keepInventory, ofExternal, ofImage } from "../contents/contents.js";
import { type BuildAudit, createBuildAudit } from "./built-audit.js";
import type { Workshop } from "./workshop.js";

export interface BuiltCheckDeps {
  readonly context: Context;
  readonly loaded: Loaded;
  readonly workshop: () => Promise<Pick<Workshop, "runner" | "inspectExternal" | "sizeOf">>;
}

/**
 * The check of one run: compares what is installed in each image that it has built with what is approved. Gives the errors of an
 * image; prints its warnings at once.
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
  await keepInventory(stateRoot(context), ofImage(imageId), inventory);
  const base = await baseInventory(surroundings, built);
  const { catalogue } = loaded;
  const inventories = { inventory, base };
  const exceptions = new ExceptionLedger(catalogue.exceptions, context.today()).of(image.node.name);
  const found = [
    ...applyExceptions(await sizeProblems(surroundings, built), exceptions),
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
