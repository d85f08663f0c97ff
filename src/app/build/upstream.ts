import { mkdtemp } from "node:fs/promises";
import { dirname, join } from "node:path";
import { OUTPUT_MOUNT } from "../../model/build-environment.js";
import type { ImageName } from "../../model/names.js";
import { bootstrapOf, finalBase, stageIndex } from "../../model/recipe-stages.js";
import { fetchCommand, fetchSpecs } from "../../packages/fetch-commands.js";
import type { Question } from "../../run/ask-image.js";
import { type BuildImageDeps, buildImage } from "../../run/build-image.js";
import { dnfDownload } from "../../run/dnf-bootstrap.js";
import { fetchDebs } from "../../run/fetch-debs.js";
import { partialRoot } from "../../run/partial-root.js";
import type { BuildJob, StoredImage } from "../../run/runner.js";
import type { PackageGroup } from "./locked-files.js";

export interface UpstreamDeps {
  readonly ask: (question: Question) => Promise<string>;
  readonly build: BuildImageDeps;
}

/**
 * Has a package manager fetch files into a directory. It runs where the packages are to be installed, in a container of what the
 * stage starts from, with this machine's settings. Raises StepFailure if it cannot be run; a package that it does not get is just
 * missing.
 */
export async function askUpstream(
  deps: UpstreamDeps,
  group: PackageGroup,
  directory: string,
  job: BuildJob,
): Promise<void> {
  const { manager, stage, packages } = group;
  const isSystem = manager === "apt" || manager === "dnf";
  const base = isSystem && !group.bootstrap ? await systemRoot(deps.build, stage, job) : undefined;
  if (isSystem && base === undefined) return askThisMachine(deps.build, group, directory, job);
  const image = base ?? (await languageRoot(deps.build, stage, job));
  const { log, signal } = job;
  await deps.ask({ image, command: fetchCommand(manager, OUTPUT_MOUNT, packages), output: directory, log, signal });
}

/** The image that a stage starts from in the end, which has the package sources of its system; undefined: a bootstrap makes it. */
async function systemRoot(
  { fetchExternal }: BuildImageDeps,
  stage: string | undefined,
  { recipe, images, platform, signal, log }: BuildJob,
): Promise<StoredImage | undefined> {
  const { stages } = recipe.containerfile;
  const base = finalBase(stages, stageIndex(stages, stage));
  if (base.type === "external")
    return { imageId: await fetchExternal({ reference: base.reference, platform }, signal, log) };
  return base.type === "image" ? images.get(base.image) : undefined;
}

/** The image to fetch a language's packages in: its package manager may be among the system packages that the stage installs. */
async function languageRoot(build: BuildImageDeps, stage: string | undefined, job: BuildJob): Promise<StoredImage> {
  const recipe = partialRoot(job.recipe, stage);
  if (recipe === undefined) return (await systemRoot(build, stage, job)) as StoredImage;
  // The name gives it a directory apart from that of the image, which is being built at this moment.
  const image = await buildImage(build, { ...job, recipe, name: `${job.name}~root` as ImageName });
  build.unfinished.add(image.imageId);
  return image;
}

async function askThisMachine(
  build: BuildImageDeps,
  group: PackageGroup,
  directory: string,
  job: BuildJob,
): Promise<void> {
  const bootstrap = bootstrapOf(job.recipe.containerfile.stages);
  const { aptSources } = build.bootstrapNeeds;
  const work = await mkdtemp(join(dirname(directory), "machine-"));
  if (bootstrap?.manager === "apt") {
    const command = fetchCommand(group.manager, directory, group.packages);
    await fetchDebs({ bootstrap, platform: job.platform, aptSources, command, directory: work }, job);
  }
  if (bootstrap?.manager === "dnf") {
    const specs = fetchSpecs(group.manager, group.packages);
    await dnfDownload(bootstrap, { specs, work, directory }, { ...job, ...build.bootstrapNeeds });
  }
}
