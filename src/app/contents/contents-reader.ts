import { join } from "node:path";
import { type Context, stateRoot } from "../../context.js";
import type { DesiredImage } from "../../model/desired.js";
import type { ImageContents, Inventory } from "../../model/inventory.js";
import type { ImageName } from "../../model/names.js";
import type { Observations } from "../../model/observation.js";
import { finalBase } from "../../model/recipe-stages.js";
import type { StoringRegistry } from "../../model/registry.js";
import { keyTag } from "../../model/tags.js";
import type { ExternalImage } from "../../run/externals.js";
import { type Job, type Runner, withImage } from "../../run/runner.js";
import type { LoadedCatalogue } from "../catalogue/catalogue.js";
import type { RegistryOptions } from "../plan/plan.js";
import { type AttachedSbom, attachedSbom } from "./attachment.js";
import {
  cachedInventory,
  externalInventoryKey,
  type InventoryKey,
  imageInventoryKey,
  inventoryOf,
} from "./inventories.js";

export interface ContentsOptions extends RegistryOptions {
  /** Pull and scan the images that this machine has no inventory of. */
  readonly scan?: boolean;
  /** Called with the first image that has to be scanned. */
  readonly openScanner: (context: Context, loaded: LoadedCatalogue) => Promise<ImageScanner>;
}

/** Reads what is installed out of images. app/build provides it, as building itself uses the contents of images. */
export interface ImageScanner {
  readonly runner: Pick<Runner, "open">;
  inspectExternal(image: ExternalImage, job: Job): Promise<Inventory>;
  close(): Promise<void>;
}

export interface ReaderOptions extends Pick<ContentsOptions, "scan" | "openScanner"> {
  readonly registry: StoringRegistry;
  readonly observations: Observations;
}

/** Finds inventories and attached documents of images; opens the scanner with the first image that has to be pulled. */
export class ContentsReader {
  readonly #context: Context;
  readonly #loaded: LoadedCatalogue;
  readonly #options: ReaderOptions;
  readonly #attached = new Map<ImageName, Promise<AttachedSbom | undefined>>();
  #scanner: Promise<ImageScanner> | undefined;

  constructor(context: Context, loaded: LoadedCatalogue, options: ReaderOptions) {
    this.#context = context;
    this.#loaded = loaded;
    this.#options = options;
  }

  /** The images that this machine has an inventory of already. */
  async inventoried(images: Iterable<DesiredImage>): Promise<ReadonlySet<DesiredImage>> {
    const inventoried = new Set<DesiredImage>();
    for (const image of images) {
      const { record } = this.#options.observations.get(image.node.name) ?? {};
      if (record && (await cachedInventory(stateRoot(this.#context), imageInventoryKey(record.imageId))))
        inventoried.add(image);
    }
    return inventoried;
  }

  /** The contents by the document that is attached to the image. The registry is asked once for each image. */
  async attachedContents({ node: { name } }: DesiredImage): Promise<ImageContents | undefined> {
    const { observations, registry } = this.#options;
    const { record } = observations.get(name) ?? {};
    if (record === undefined) return undefined;
    const sbom = this.#attached.get(name) ?? attachedSbom(registry, name, record.manifestDigest);
    this.#attached.set(name, sbom);
    const contents = (await sbom)?.contents;
    return contents?.from === "image" ? contents : undefined;
  }

  /** The inventory of the image that the registry has; undefined: it has none, or nothing may be pulled to make one. */
  async imageInventory({ node: { name } }: DesiredImage): Promise<Inventory | undefined> {
    const { observations, registry } = this.#options;
    const { record, key } = observations.get(name) ?? {};
    if (record === undefined || !key) return undefined;
    const { imageId } = record;
    const image = { imageId, pull: registry.reference(name, keyTag(key)) };
    return this.#inventory(imageInventoryKey(imageId), ({ runner }) =>
      withImage(runner, { ...this.#job(name), image }, (opened) => opened.inspect()),
    );
  }

  /** The inventory of the external image that this one starts from; undefined: nothing may be pulled to make one. */
  externalInventory({ node: { name, platform }, recipe }: DesiredImage): Promise<Inventory | undefined> {
    const base = finalBase(recipe.containerfile.stages);
    if (base.type !== "external") return Promise.resolve(undefined);
    const { reference } = base;
    return this.#inventory(externalInventoryKey(reference, platform), ({ inspectExternal }) =>
      inspectExternal({ reference, platform }, this.#job(name)),
    );
  }

  async close(): Promise<void> {
    await (await this.#scanner?.catch(() => undefined))?.close();
  }

  #inventory(key: InventoryKey, scan: (scanner: ImageScanner) => Promise<Inventory>): Promise<Inventory | undefined> {
    const state = stateRoot(this.#context);
    if (!this.#options.scan) return cachedInventory(state, key);
    return inventoryOf(state, key, async () => {
      this.#scanner ??= this.#options.openScanner(this.#context, this.#loaded);
      return scan(await this.#scanner);
    });
  }

  #job(name: ImageName) {
    const { signal } = this.#context;
    return { name, signal, log: join(stateRoot(this.#context), "logs", `${name}.log`) };
  }
}
