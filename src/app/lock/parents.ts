import { join } from "node:path";
import { type Context, stateRoot } from "../../context.js";
import type { DesiredImage } from "../../model/desired.js";
import type { ImageName } from "../../model/names.js";
import type { Observation } from "../../model/observation.js";
import type { Registry } from "../../model/registry.js";
import { keyTag } from "../../model/tags.js";
import { findEach, keyOf, observe } from "../../resolve/observe.js";
import { type ParentImage, runStep, type StepDeps } from "../../run/step.js";
import { withMutex } from "../../system/mutex.js";
import { createApproval, createBuiltCheck, type RunProgress, type Workshop } from "../build/build.js";
import type { LoadedCatalogue } from "../catalogue/catalogue.js";

export interface ParentsDeps {
  readonly context: Context;
  readonly loaded: LoadedCatalogue;
  readonly workshop: Workshop;
  readonly registry: Registry;
  /** The image with the packages that the lockfile will have for it. Rejects where locking it has failed. */
  readonly image: (name: ImageName) => Promise<DesiredImage>;
  readonly queue: <T>(work: () => Promise<T>) => Promise<T>;
  readonly progress: RunProgress;
}

/**
 * Builds the images in which packages are resolved, as `slipway build` would with the new lockfile, except for the pointer tags:
 * these move with the next build, which finds everything else done.
 */
export function parentBuilder(deps: ParentsDeps): (name: ImageName) => Promise<ParentImage> {
  const parents = new Map<ImageName, Promise<ParentImage>>();
  const imageOf = (name: ImageName): Promise<ParentImage> => {
    const parent = parents.get(name) ?? build(name);
    parents.set(name, parent);
    return parent;
  };
  return imageOf;

  async function build(name: ImageName): Promise<ParentImage> {
    const { context, registry, queue, progress } = deps;
    const image = await deps.image(name);
    const imageParents = await Promise.all(image.node.parents.map(imageOf));
    const log = join(stateRoot(context), "logs", `${name}.log`);
    const done = await queue(() =>
      runStep(stepDeps(deps), {
        ...{ image, parents: imageParents, log, signal: context.signal },
        observed: () => {},
        phase: (phase) => progress.phase(name, phase, log),
      }).finally(() => progress.finish(name, undefined)),
    );
    const { key } = done.observation;
    if (key === null) throw new Error(`${name} has no key`);
    const stored = { imageId: done.imageId, pull: registry.reference(name, keyTag(key)) };
    const parent = imageParents.find((each) => each.name === image.node.parent);
    const isBase = image.node.definition.kind === "BaseImage" || parent === undefined;
    return { name, ...stored, base: isBase ? stored : parent.base };
  }
}

function stepDeps({ context, loaded, workshop, registry }: ParentsDeps): StepDeps {
  const { desired } = loaded;
  const approve = createApproval(context, loaded);
  const check = createBuiltCheck({ context, loaded, workshop: async () => workshop });
  return {
    runner: workshop.runner,
    registry,
    approve: async (image, closure) => (await approve)(image, closure),
    check: async (built) => (await check)(built),
    // An image that is published without a pointer tag gets its document when it gets the tag.
    describe: async () => {},
    observe: async (image, parents) =>
      withoutPointers(await observe(findEach(registry), image, keyOf(image, desired, parents))),
    lock: (key, signal, action, waiting) => withMutex(join(stateRoot(context), "locks", key), signal, action, waiting),
  };
}

const withoutPointers = (observation: Observation): Observation => ({
  ...observation,
  stale: [],
  tags: { ...observation.tags, pointers: [] },
});
