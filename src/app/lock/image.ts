import { readFile, rm } from "node:fs/promises";
import { join, posix } from "node:path";
import type { FileTree } from "../../load/git/tree.js";
import type { AptBootstrap } from "../../model/definition.js";
import type { DesiredImage } from "../../model/desired.js";
import type { Stage } from "../../model/graph.js";
import type { LockedPackage } from "../../model/lock.js";
import { packageJson, packageOrder } from "../../model/lock-syntax.js";
import type { ImageName } from "../../model/names.js";
import type { PackageSyntax } from "../../model/package-syntax.js";
import { catalogueImages } from "../../model/recipe-stages.js";
import { pin } from "../../packages/lock/apt-lock.js";
import { PRINT_CONTROL, readControl } from "../../packages/lock/control-fields.js";
import { manifestContext } from "../../render/build-context.js";
import { bootstrapPackages } from "../../run/bootstrap-packages.js";
import { partialRecipe } from "../../run/partial-recipe.js";
import type { Runner, StoredImage } from "../../run/runner.js";
import { keptPackages, type LockUpdate, stageQuestions } from "./questions.js";
import { type ManagerQuestion, type ResolveDeps, resolvePackages, storeResolved } from "./resolve-packages.js";

export interface LockImageDeps extends ResolveDeps {
  readonly tree: FileTree;
  readonly runner: Pick<Runner, "build">;
  /** An image of the catalogue that this one is built from, as it will be with the new lockfile. */
  readonly imageOf: (name: ImageName) => Promise<StoredImage>;
  readonly syntaxOf: (manager: string) => PackageSyntax;
  readonly aptSources: string | undefined;
}

export interface LockJob {
  readonly image: DesiredImage;
  /** The image's packages in the lockfile now. */
  readonly old: readonly LockedPackage[];
  readonly update: LockUpdate | undefined;
  /** A directory of this run that only this job uses. */
  readonly directory: string;
  readonly log: string;
  readonly signal: AbortSignal;
}

/** Resolves everything that an image installs, stage by stage, and puts the files into the store. Raises StepFailure. */
export async function lockImage(deps: LockImageDeps, job: LockJob): Promise<readonly LockedPackage[]> {
  const { image, old, update } = job;
  const kept = keptPackages(old, update);
  const packages: LockedPackage[] = [];
  for (const [index, stage] of image.node.stages.entries()) {
    const { base } = stage;
    if (base.type === "bootstrap" && base.bootstrap.manager === "apt") {
      const bootstrapKept = kept.filter(({ bootstrap }) => bootstrap);
      packages.push(...(await lockBootstrap(deps, job, { bootstrap: base.bootstrap, kept: bootstrapKept })));
    }
    const manifest = await packageManifest(deps.tree, image, index);
    const questions = stageQuestions(image, stage, { kept, syntaxOf: deps.syntaxOf, manifest });
    if (questions.length > 0)
      packages.push(...(await lockStage(deps, job, { stage, index, questions, before: packages })));
  }
  return packages
    .map((entry) => [packageOrder(packageJson(entry)), entry] as const)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, entry]) => entry);
}

interface StageJob {
  readonly stage: Stage;
  readonly index: number;
  readonly questions: readonly ManagerQuestion[];
  /** The packages that the stages before it install. */
  readonly before: readonly LockedPackage[];
}

async function lockStage(deps: LockImageDeps, job: LockJob, stageJob: StageJob): Promise<LockedPackage[]> {
  const { directory, log, signal } = job;
  const { name } = stageJob.stage;
  const image = await startImage(deps, job, stageJob);
  const packages = await resolvePackages(deps, { image, questions: stageJob.questions, directory, log, signal });
  return packages.map((entry) => (name === undefined ? entry : { stage: name, ...entry }));
}

/** The image that a stage starts from. Unless it is one of the catalogue, it is built: it stays in local storage without a name. */
async function startImage(deps: LockImageDeps, job: LockJob, { stage, index, before }: StageJob): Promise<StoredImage> {
  if (stage.base.type === "image") return deps.imageOf(stage.base.image);
  const { node, recipe } = job.image;
  const { log, signal } = job;
  // Built with the packages that were resolved just now, as the image will be.
  const partial = partialRecipe({ ...recipe, locked: { packages: before } }, index);
  const names = [...catalogueImages(partial.containerfile.stages)];
  const images = new Map(await Promise.all(names.map(async (name) => [name, await deps.imageOf(name)] as const)));
  return deps.runner.build({ name: node.name, log, signal, recipe: partial, platform: node.platform, images });
}

interface BootstrapJob {
  readonly bootstrap: AptBootstrap;
  readonly kept: readonly LockedPackage[];
}

async function lockBootstrap(
  deps: LockImageDeps,
  job: LockJob,
  { bootstrap, kept }: BootstrapJob,
): Promise<LockedPackage[]> {
  const { directory, log, signal } = job;
  const { aptSources } = deps;
  const preferences = kept.map(pin).join("\n");
  try {
    await bootstrapPackages(bootstrap, { directory, preferences, aptSources, print: PRINT_CONTROL, log, signal });
    const report = await readFile(join(directory, "report"), "utf8");
    const packages = readControl(report, bootstrap.packages, "nobody");
    const stored = await storeResolved({ ok: true, packages }, directory, deps.store);
    return stored.map((entry) => ({ ...entry, bootstrap: true as const }));
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

/** The package manifest of a stage and the package manager's lock file beside it, by file name. */
async function packageManifest(
  tree: FileTree,
  { recipe }: DesiredImage,
  index: number,
): Promise<Record<string, string>> {
  const folder = `${manifestContext(index)}/`;
  const entries = recipe.context.filter(({ path }) => path.startsWith(folder));
  const names = new Map(entries.map(({ from, path }) => [from, posix.basename(path)]));
  const texts: Record<string, string> = {};
  if (names.size > 0)
    await tree.read([...names.keys()], (path, content) => {
      texts[names.get(path) ?? ""] = content.toString("utf8");
    });
  return texts;
}
