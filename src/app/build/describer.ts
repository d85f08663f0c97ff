import { join } from "node:path";
import { type Context, stateRoot } from "../../context.js";
import type { DesiredImage } from "../../model/desired.js";
import type { ImageContents, Inventory } from "../../model/inventory.js";
import type { ImageName } from "../../model/names.js";
import { finalBase } from "../../model/recipe-stages.js";
import { keyTag } from "../../model/tags.js";
import { attachPublication } from "../../registry/publication-time.js";
import { packagesOfBase } from "../../resolve/owned-packages.js";
import { type Job, type StoredImage, withImage } from "../../run/runner.js";
import type { PublishedImage, StepDeps } from "../../run/step.js";
import {
  attachAttribution,
  attachedSbom,
  attachSbom,
  type BaseContents,
  builtContents,
  cachedAttribution,
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

/** What is in an image, and the inventory that this follows from. */
interface ImageDescription {
  readonly contents: ImageContents;
  readonly inventory: Inventory;
}

/**
 * Attaches to each image of one run the list of what is in it. Every image's contents are worked out once; what its ancestors
 * brought comes from theirs.
 */
export function createDescriber(deps: DescriberDeps): StepDeps["describe"] {
  const describer = new Describer(deps);
  return (published) => describer.describe(published);
}

class Describer {
  readonly #deps: DescriberDeps;
  readonly #state: string;
  /** The images that this run has built or used. */
  readonly #stored = new Map<ImageName, StoredImage>();
  readonly #descriptions = new Map<ImageName, Promise<ImageDescription>>();

  constructor(deps: DescriberDeps) {
    this.#deps = deps;
    this.#state = stateRoot(deps.context);
  }

  async describe({ image, parents, imageId, digest, pull, signal }: PublishedImage): Promise<void> {
    const { context, planned } = this.#deps;
    const { registry, loaded } = planned;
    const { name } = image.node;
    for (const parent of parents) this.#stored.set(parent.name, parent);
    this.#stored.set(name, { imageId, ...(pull && { pull }) });
    // An image that was there already has another time, which is not known.
    if (pull === undefined) await attachPublication(registry, { name, digest, time: context.now() }, signal);
    const attribution = await cachedAttribution(this.#state, { image: name, imageId });
    if (attribution !== undefined) await attachAttribution(registry, digest, attribution, signal);
    // A document of another tool does not count: the contents of images are read back from ours.
    if ((await attachedSbom(registry, name, digest)) !== undefined) return;
    const { contents } = await this.#description(name);
    await attachSbom(registry, { image, images: loaded.desired.images, contents, digest }, signal);
  }

  #description(name: ImageName): Promise<ImageDescription> {
    const description = this.#descriptions.get(name) ?? this.#describe(name);
    this.#descriptions.set(name, description);
    return description;
  }

  async #describe(name: ImageName): Promise<ImageDescription> {
    const image = this.#deps.planned.loaded.desired.images.get(name) as DesiredImage;
    const stored = this.#storedImage(name);
    const attached = await this.#attachedDescription(name, stored);
    if (attached !== undefined) return attached;
    const inventory = await inventoryOf(this.#state, imageInventoryKey(stored.imageId), async () =>
      withImage((await this.#deps.workshop()).runner, { ...this.#job(name), image: stored }, (opened) =>
        opened.inspect(),
      ),
    );
    const base = await this.#baseOf(image);
    return { inventory, contents: builtContents(image, inventory, base) };
  }

  /** An image that this run neither built nor used is the one that the registry has. */
  #storedImage(name: ImageName): StoredImage {
    const { registry, observations } = this.#deps.planned;
    const stored = this.#stored.get(name);
    if (stored) return stored;
    const { record, key } = observations.get(name) ?? {};
    if (record === undefined || !key) throw new Error(`it is unknown which image ${name} is`);
    return { imageId: record.imageId, pull: registry.reference(name, keyTag(key)) };
  }

  /** The description that another machine has attached to an ancestor, which saves pulling the ancestor. */
  async #attachedDescription(name: ImageName, { imageId }: StoredImage): Promise<ImageDescription | undefined> {
    const { registry, observations } = this.#deps.planned;
    const { record } = observations.get(name) ?? {};
    if (record?.imageId !== imageId) return undefined;
    if ((await cachedInventory(this.#state, imageInventoryKey(imageId))) !== undefined) return undefined;
    const contents = (await attachedSbom(registry, name, record.manifestDigest))?.contents;
    if (contents?.from !== "image") return undefined;
    const { os, packages } = contents;
    return { contents, inventory: { ...(os && { os }), packages } };
  }

  async #baseOf({ node, recipe }: DesiredImage): Promise<BaseContents> {
    const base = finalBase(recipe.containerfile.stages);
    if (base.type === "image") {
      const { inventory, contents } = await this.#description(base.image);
      return { inventory, packages: contents.packages };
    }
    if (base.type !== "external") return { inventory: undefined, packages: [] };
    const { name, platform } = node;
    const { reference } = base;
    const inventory = await inventoryOf(this.#state, externalInventoryKey(reference, platform), async () =>
      (await this.#deps.workshop()).inspectExternal({ reference, platform }, this.#job(name)),
    );
    return { inventory, packages: packagesOfBase(inventory) };
  }

  #job(name: ImageName): Job {
    return { name, signal: this.#deps.context.signal, log: join(this.#state, "logs", `${name}.log`) };
  }
}
