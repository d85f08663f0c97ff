import { type Context, stateRoot } from "../../context.js";
import type { AttributedFile, Attribution, BuildAccount } from "../../model/attribution.js";
import type { DesiredImage } from "../../model/desired.js";
import type { Diagnostic } from "../../model/diagnostic.js";
import type { RecipeStage } from "../../model/instructions.js";
import type { Inventory } from "../../model/inventory.js";
import { isLockManager } from "../../model/lock.js";
import { stageChain } from "../../model/recipe-stages.js";
import { statusProblems } from "../../packages/dpkg-status.js";
import { checkFiles } from "../../policy/file-rules.js";
import { installedProblems } from "../../policy/installed-account.js";
import { attributeFiles, changedPackageFiles } from "../../resolve/attribute-files.js";
import { isStatusOpen, packagesToRead } from "../../resolve/dpkg-lists.js";
import type { BuiltStages } from "../../resolve/installed-files.js";
import type { ListedPackage } from "../../resolve/package-files.js";
import { startingPoint } from "../../resolve/starting-point.js";
import type { BuiltImage } from "../../run/step.js";
import type { LoadedCatalogue } from "../catalogue/catalogue.js";
import { attributionChain, cacheAttribution } from "../contents/contents.js";
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
  const { account, closure, image, imageId, inventory } = built;
  if (account === undefined) return [];
  const state = stateRoot(context);
  const { stages } = image.recipe.containerfile;
  const read = new Map((await readPackages(state, { account, stages }, built)).map((each) => [each.entry, each]));
  const listed = closure.map((entry) => read.get(entry) ?? { entry });
  const input = { account, stages, context: image.recipe.context, closure: listed };
  const files = attributeFiles(input);
  const parent = parentOf(built);
  const attribution: Attribution = { image: image.node.name, ...(parent && { parent }), files };
  await cacheAttribution(state, imageId, attribution);
  const changed = changedPackageFiles(input, files, await attributionChain(state, parent));
  const own = startingPoint(image.node).stages;
  const installed = listed.filter(({ entry }) => own.has(entry.stage));
  const status = isStatusOpen({ account, stages }) ? account.dpkgStatus : undefined;
  const problems = isComplete(image) ? databaseProblems(status, installed, { inventory, base }) : [];
  const isDeclared = declaredIn(files);
  const databases = problems.filter(({ place }) => !isDeclared(place));
  const removed = removedFiles(account, stages);
  const watched = account.stages.at(-1)?.seen !== undefined || !installs(image);
  return checkFiles(
    { node: image.node, files, changed, databases, removed, watched },
    loaded.catalogue.policies?.images,
  );
}

/** What `setup` has removed again of what was made in the same build: no layer shows it. */
function removedFiles({ stages: traces }: BuildAccount, stages: readonly RecipeStage[]): readonly string[] {
  const seen = stageChain(stages, stages.length - 1).flatMap((index) => traces[index]?.seen ?? []);
  return seen.flatMap(({ before, after }) => [...before].filter((path) => !after.has(path)));
}

/** Reads the files of packages, where it takes them to say what made the files of the image. */
const readPackages = (state: string, build: BuiltStages, { closure, signal }: BuiltImage) =>
  listPackages(state, packagesToRead(build, closure), signal);

/** Whether an artifact brought a file: another rule is about what such a file says to be installed. */
function declaredIn(files: readonly AttributedFile[]): (path: string) => boolean {
  const paths = new Set(files.flatMap(({ path, origin }) => (origin.type === "artifact" ? [path] : [])));
  return (place) => paths.has(place) || paths.has(`${place}/package.json`) || paths.has(`${place}/METADATA`);
}

/** Whether the closure has everything that was installed: packages of other managers, and of a bootstrap by dnf, are not in it. */
const isComplete = ({ recipe: { containerfile } }: DesiredImage) =>
  containerfile.stages.every(
    ({ base, instructions }) =>
      !(base.type === "bootstrap" && base.bootstrap.manager === "dnf") &&
      instructions.every((each) => each.type !== "install" || isLockManager(each.manager)),
  );

/** Whether package managers run: where none does, nobody but `setup` can have written what the recipe does not explain. */
const installs = ({ recipe: { containerfile } }: DesiredImage) =>
  containerfile.stages.some(
    ({ base, instructions }) => base.type === "bootstrap" || instructions.some(({ type }) => type === "install"),
  );

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

/** The image of the catalogue that the image starts from. */
function parentOf({ parents, image }: BuiltImage) {
  const { base } = startingPoint(image.node);
  const parent = base.type === "image" ? parents.find(({ name }) => name === base.image) : undefined;
  return parent && { image: parent.name, imageId: parent.imageId };
}
