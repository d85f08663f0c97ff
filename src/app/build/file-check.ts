import { type Context, stateRoot } from "../../context.js";
import type { Attribution, BuildAccount } from "../../model/attribution.js";
import type { DesiredImage } from "../../model/desired.js";
import type { Diagnostic } from "../../model/diagnostic.js";
import type { Inventory } from "../../model/inventory.js";
import { LOCK_MANAGERS, type LockedPackage } from "../../model/lock.js";
import { statusProblems } from "../../packages/dpkg-status.js";
import { checkFiles } from "../../policy/file-rules.js";
import { installedProblems } from "../../policy/installed-account.js";
import { attributeFiles, changedPackageFiles, type ListedPackage } from "../../resolve/attribute-files.js";
import { startingPoint } from "../../resolve/starting-point.js";
import type { BuiltImage } from "../../run/step.js";
import type { LoadedCatalogue } from "../catalogue/catalogue.js";
import { cacheAttribution, cachedAttribution } from "../contents/contents.js";
import { listPackages } from "./list-packages.js";

export interface FileCheck {
  readonly context: Context;
  readonly loaded: LoadedCatalogue;
  /** Of what the image starts from. */
  readonly base: Inventory | undefined;
}

/**
 * Says what made each file of an image that was built, keeps that in the state directory, and returns the problems with it. Raises
 * StepFailure.
 */
export async function checkBuiltFiles(
  { context, loaded, base }: FileCheck,
  built: BuiltImage,
): Promise<readonly Diagnostic[]> {
  const { account, image, imageId, inventory, signal } = built;
  if (account === undefined) return [];
  const state = stateRoot(context);
  const { stages } = image.recipe.containerfile;
  const closure = closureOf(built);
  const listed = closure && (await listPackages(state, closure, signal));
  const input = { account, stages, context: image.recipe.context, closure: listed };
  const files = attributeFiles(input);
  const attribution: Attribution = { image: image.node.name, files };
  await cacheAttribution(state, imageId, attribution);
  const changed = changedPackageFiles(input, files, await ancestorsOf(state, built));
  const own = startingPoint(image.node).stages;
  const installed = listed?.filter(({ entry }) => own.has(entry.stage));
  const databases =
    installed === undefined || !isComplete(image)
      ? []
      : databaseProblems(account.dpkgStatus, installed, { inventory, base });
  return checkFiles({ node: image.node, files, changed, databases }, loaded.catalogue.policies?.images);
}

/** Whether the closure has everything that was installed: files of other managers are not locked. */
const isComplete = ({ recipe: { containerfile } }: DesiredImage) =>
  containerfile.stages.every(({ instructions }) =>
    instructions.every((each) => each.type !== "install" || LOCK_MANAGERS.some((manager) => manager === each.manager)),
  );

/** undefined: packages were installed, and it is not known which. */
function closureOf({ image, closure }: BuiltImage): readonly LockedPackage[] | undefined {
  if (closure !== undefined) return closure;
  const { stages } = image.recipe.containerfile;
  const installs = stages.some(
    ({ base, instructions }) => base.type === "bootstrap" || instructions.some(({ type }) => type === "install"),
  );
  return image.recipe.locked?.packages ?? (installs ? undefined : []);
}

function databaseProblems(
  dpkgStatus: BuildAccount["dpkgStatus"],
  installed: readonly ListedPackage[],
  inventories: { readonly inventory: Inventory; readonly base: Inventory | undefined },
) {
  const controls = installed.flatMap(({ listing }) => (listing?.control === undefined ? [] : [listing.control]));
  const edited = dpkgStatus === undefined ? [] : statusProblems({ ...dpkgStatus, controls });
  const closure = installed.map(({ entry }) => entry);
  const compared = installedProblems({ ...inventories, closure });
  const known = new Set(edited.map(({ what }) => what));
  return [...edited, ...compared.filter(({ what }) => ![...known].some((name) => what.startsWith(`${name} (`)))];
}

/** The attributions of what the image starts from, the nearest first, as far as this machine has them. */
async function ancestorsOf(state: string, { parents, image }: BuiltImage): Promise<readonly Attribution[]> {
  const { base } = startingPoint(image.node);
  const parent = base.type === "image" ? parents.find(({ name }) => name === base.image) : undefined;
  const attribution = parent && (await cachedAttribution(state, parent.imageId));
  return attribution === undefined ? [] : [attribution];
}
