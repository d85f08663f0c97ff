import { join } from "node:path";
import { type Context, stateRoot } from "../../context.js";
import type { DesiredImage } from "../../model/desired.js";
import type { ImageContents, Inventory } from "../../model/inventory.js";
import type { ImageName } from "../../model/names.js";
import { keyTag } from "../../model/observation.js";
import { packagesOfBase } from "../../resolve/owned-packages.js";
import { startingPoint } from "../../resolve/starting-point.js";
import { finalBase } from "../../run/final-base.js";
import type { StoredImage } from "../../run/runner.js";
import type { PublishedImage, StepDeps } from "../../run/step.js";
import {
  attachedSbom,
  attachSbom,
  type BaseContents,
  builtContents,
  cachedInventory,
  externalInventoryKey,
  imageInventoryKey,
  inventoryOf,
} from "../contents/contents.js";
import type { RegistryPlan } from "../plan/plan.js";
import type { Workshop } from "./workshop.js";

export interface DescriberDeps {
  readonly context: Context;
  readonly planned: RegistryPlan;
  readonly workshop: () => Promise<Workshop>;
}

/** What is in an image, and the file system that says so. */
interface ImageDescription {
  readonly contents: ImageContents;
  readonly inventory: Inventory;
}

/**
 * For one run: attaches to each image the list of what is in it. Every image's contents are worked out once; what its ancestors
 * brought comes from theirs.
 */
export function createDescriber({ context, planned, workshop }: DescriberDeps): StepDeps["describe"] {
  const { registry, loaded, observations } = planned;
  const { images } = loaded.desired;
  const stored = new Map<ImageName, StoredImage>();
  const described = new Map<ImageName, Promise<ImageDescription>>();
  return async (published) => {
    const { image, parents, imageId, digest, pull, signal } = published;
    const { name } = image.node;
    for (const parent of parents) stored.set(parent.name, parent);
    stored.set(name, { imageId, ...(pull && { pull }) });
    // One of another tool's is none: contents of images are read back from ours.
    if ((await attachedSbom(registry, name, digest)) !== undefined) return;
    const { contents } = await describedOf(name);
    await attachSbom(registry, { image, images, contents, digest }, signal);
  };

  function describedOf(name: ImageName): Promise<ImageDescription> {
    const found = described.get(name) ?? describe(images.get(name) as DesiredImage, storedOf(name));
    described.set(name, found);
    return found;
  }

  /** An image that this run did not come by needs nothing: it is the one that the registry has. */
  function storedOf(name: ImageName): StoredImage {
    const { record, key } = observations.get(name) ?? {};
    const found = stored.get(name);
    if (found) return found;
    if (record === undefined || !key) throw new Error(`nobody knows which image ${name} is`);
    return { imageId: record.imageId, pull: registry.reference(name, keyTag(key)) };
  }

  async function describe(image: DesiredImage, at: StoredImage): Promise<ImageDescription> {
    const { name } = image.node;
    const job = { name, signal: context.signal, log: join(stateRoot(context), "logs", `${name}.log`) };
    const attached = await attachedTo(name, at);
    if (attached !== undefined) return attached;
    const inventory = await inventoryOf(stateRoot(context), imageInventoryKey(at.imageId), async () =>
      (await workshop()).runner.inspect({ ...job, image: at }),
    );
    const base = await baseOf(image, job);
    return { inventory, contents: builtContents(image, inventory, base) };
  }

  /** What somebody else's machine has said of an ancestor: it need not be pulled for that. */
  async function attachedTo(name: ImageName, { imageId }: StoredImage): Promise<ImageDescription | undefined> {
    const { record } = observations.get(name) ?? {};
    if (record?.imageId !== imageId) return undefined;
    if ((await cachedInventory(stateRoot(context), imageInventoryKey(imageId))) !== undefined) return undefined;
    const contents = (await attachedSbom(registry, name, record.manifestDigest))?.contents;
    if (contents?.from !== "image") return undefined;
    const { os, packages } = contents;
    return { contents, inventory: { ...(os && { os }), packages } };
  }

  async function baseOf(
    image: DesiredImage,
    job: Pick<PublishedImage, "log" | "signal"> & { name: ImageName },
  ): Promise<BaseContents> {
    const { base } = startingPoint(image.node);
    if (base.type === "image") {
      const { inventory, contents } = await describedOf(base.image);
      return { inventory, packages: contents.packages };
    }
    if (base.type !== "external") return { inventory: undefined, packages: [] };
    const { platform } = image.node;
    const reference = finalBase(image.recipe.containerfile) ?? "";
    const inventory = await inventoryOf(stateRoot(context), externalInventoryKey(reference, platform), async () =>
      (await workshop()).inspectExternal({ reference, platform }, job),
    );
    return { inventory, packages: packagesOfBase(inventory) };
  }
}
