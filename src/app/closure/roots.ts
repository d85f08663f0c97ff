import type { Digest, ImageName } from "../../model/names.js";
import { finalBase } from "../../model/recipe-stages.js";
import type { ExternalFetcher } from "../../run/externals.js";
import { partialRecipe } from "../../run/partial-recipe.js";
import { partialRoot } from "../../run/partial-root.js";
import type { BuildJob, SourceImage, StoredImage } from "../../run/runner.js";

export interface RootDeps {
  /** Builds part of an image; it stays in local storage without a name. */
  readonly build: (job: BuildJob) => Promise<{ readonly imageId: Digest }>;
  readonly fetchExternal: ExternalFetcher;
}

/** What a stage of a job (counted from 0) starts from. Unless it is an image of the catalogue or of others, it is built. */
export async function startRoot(deps: RootDeps, job: BuildJob, index: number): Promise<SourceImage> {
  const { recipe } = job;
  const base = recipe.containerfile.stages[index]?.base;
  if (base?.type === "image") return job.images.get(base.image) as SourceImage;
  if (base?.type === "external") {
    const image = await external(deps, base.reference, job);
    return { ...image, base: image };
  }
  return standing(deps, job, index, await buildPart(deps, { ...job, recipe: partialRecipe(recipe, index) }));
}

/**
 * The same with the system packages that the stage installs: a language's package manager may be among them. Nothing else of the stage
 * has run there.
 */
export async function systemRoot(deps: RootDeps, job: BuildJob, index: number): Promise<SourceImage> {
  const { recipe } = job;
  const part = partialRoot(recipe, recipe.containerfile.stages[index]?.name);
  return part === undefined
    ? startRoot(deps, job, index)
    : standing(deps, job, index, await buildPart(deps, { ...job, recipe: part }));
}

/** The base image that a stage of the job stands on: where its system's package manager and its sources come from. */
export async function baseOf(
  deps: Pick<RootDeps, "fetchExternal">,
  job: BuildJob,
  index: number,
): Promise<StoredImage | undefined> {
  const base = finalBase(job.recipe.containerfile.stages, index);
  if (base.type === "external") return external(deps, base.reference, job);
  return base.type === "image" ? job.images.get(base.image)?.base : undefined;
}

/** The same where the stage starts from another image than that; undefined: it starts from the base image, or from nothing. */
export async function baseBelow(
  deps: Pick<RootDeps, "fetchExternal">,
  job: BuildJob,
  index: number,
): Promise<StoredImage | undefined> {
  const start = finalBase(job.recipe.containerfile.stages, index);
  const image = start.type === "image" ? job.images.get(start.image) : undefined;
  const base = image && (await baseOf(deps, job, index));
  return base?.imageId === image?.imageId ? undefined : base;
}

/** A bootstrapped root stands on itself. */
async function standing(
  deps: RootDeps,
  job: BuildJob,
  index: number,
  image: { readonly imageId: Digest },
): Promise<SourceImage> {
  return { imageId: image.imageId, base: (await baseOf(deps, job, index)) ?? image };
}

/** The name gives it a directory apart from that of the image, which may be under construction at this moment. */
const buildPart = ({ build }: RootDeps, job: BuildJob) => build({ ...job, name: `${job.name}~root` as ImageName });

async function external({ fetchExternal }: Pick<RootDeps, "fetchExternal">, reference: string, job: BuildJob) {
  const { platform, signal, log } = job;
  return { imageId: await fetchExternal({ reference, platform }, signal, log) };
}
