import { join } from "node:path";
import { type Context, stateRoot } from "../../context.js";
import { CommandError, EXIT } from "../../exit.js";
import type { DesiredImage } from "../../model/desired.js";
import type { ImageContents, Inventory } from "../../model/inventory.js";
import type { ImageName } from "../../model/names.js";
import type { Observations } from "../../model/observation.js";
import type { StoringRegistry } from "../../model/registry.js";
import { keyTag } from "../../model/tags.js";
import { lockedContents } from "../../resolve/locked-contents.js";
import { observeAll } from "../../resolve/observe.js";
import { packagesOfBase } from "../../resolve/owned-packages.js";
import { startingPoint } from "../../resolve/starting-point.js";
import type { ExternalImage } from "../../run/externals.js";
import { finalBase } from "../../run/final-base.js";
import { type Job, type Runner, StepFailure } from "../../run/runner.js";
import type { Loaded } from "../catalogue/catalogue.js";
import { openRegistryFor, type RegistryOptions } from "../plan/plan.js";
import { type AttachedSbom, attachedSbom } from "./attachment.js";
import { type Below, builtContents } from "./built-contents.js";
import { type InventoryKey, inventoryOf, keptInventory, ofExternal, ofImage } from "./inventories.js";

export interface ContentsOptions extends RegistryOptions {
  /** Pull and scan the images that this machine has no inventory of. */
  readonly scan?: boolean;
  /** Called with the first image that has to be scanned. */
  readonly openScanner: (context: Context, loaded: Loaded) => Promise<ImageScanner>;
}

/** Reads what is installed out of images. Building provides it (app/build), which itself uses the contents of images. */
export interface ImageScanner {
  readonly runner: Pick<Runner, "inspect">;
  inspectExternal(image: ExternalImage, job: Job): Promise<Inventory>;
  close(): Promise<void>;
}

/**
 * What is in each image of the catalogue: of the image that the registry has for what the definition says now, where this
 * machine has looked at that and at all below it, or a document about it is attached to it; else what the lock says; else it is
 * unknown. Throws RegistryError.
 */
export async function contentsOf(
  context: Context,
  loaded: Loaded,
  options: ContentsOptions,
): Promise<ReadonlyMap<ImageName, ImageContents>> {
  const { images } = loaded.desired;
  const registry = openRegistryFor(context, loaded.desired.settings, options);
  const observations = await observeAll(registry, loaded.desired);
  const looker = new Looker(context, loaded, { ...options, registry, observations });
  const soFar = { found: new Map<ImageName, ImageContents>(), inventories: new Map<ImageName, Inventory>() };
  const { found, inventories } = soFar;
  try {
    const kept = await looker.kept(images.values());
    // Together: one after another they would take a while for a whole catalogue.
    await Promise.all([...images.values()].filter((image) => !kept.has(image)).map((image) => looker.attached(image)));
    for (const image of images.values()) {
      const { name } = image.node;
      const seen = kept.has(image) ? await seenContents(image, looker, soFar) : undefined;
      const attached = seen ?? (await looker.attached(image));
      const contents = attached ?? (await seenContents(image, looker, soFar)) ?? lockedContents(image, found);
      found.set(name, contents);
      const { os, packages } = contents;
      if (attached !== undefined && !inventories.has(name)) inventories.set(name, { ...(os && { os }), packages });
    }
    return found;
  } catch (error) {
    if (!(error instanceof StepFailure)) throw error;
    throw new CommandError(EXIT.unavailable, error.message, error.tail.at(-1));
  } finally {
    await looker.close();
  }
}

/** Of the image itself; undefined: nobody looked at it, or at what it starts from. */
async function seenContents(image: DesiredImage, looker: Looker, soFar: SoFar): Promise<ImageContents | undefined> {
  const { name } = image.node;
  const inventory = await looker.image(image);
  const base = inventory && (await baseOf(image, looker, soFar));
  if (inventory === undefined || base === undefined) return undefined;
  soFar.inventories.set(name, inventory);
  return builtContents(image, inventory, base);
}

interface SoFar {
  readonly found: ReadonlyMap<ImageName, ImageContents>;
  readonly inventories: Map<ImageName, Inventory>;
}

/** undefined: nobody looked at what the image starts from. */
async function baseOf(image: DesiredImage, looker: Looker, { found, inventories }: SoFar): Promise<Below | undefined> {
  const { base } = startingPoint(image.node);
  if (base.type === "image") {
    const inventory = inventories.get(base.image);
    return inventory && { inventory, packages: found.get(base.image)?.packages ?? [] };
  }
  if (base.type !== "external") return { inventory: undefined, packages: [] };
  const inventory = await looker.external(image);
  return inventory && { inventory, packages: packagesOfBase(inventory) };
}

interface LookerOptions extends Pick<ContentsOptions, "scan" | "openScanner"> {
  readonly registry: StoringRegistry;
  readonly observations: Observations;
}

/** Finds inventories; opens the scanner with the first image that has to be pulled. */
class Looker {
  readonly #context: Context;
  readonly #loaded: Loaded;
  readonly #options: LookerOptions;
  readonly #attached = new Map<ImageName, Promise<AttachedSbom | undefined>>();
  #scanner: Promise<ImageScanner> | undefined;

  constructor(context: Context, loaded: Loaded, options: LookerOptions) {
    this.#context = context;
    this.#loaded = loaded;
    this.#options = options;
  }

  /** The images that this machine has looked at before. */
  async kept(images: Iterable<DesiredImage>): Promise<ReadonlySet<DesiredImage>> {
    const kept = new Set<DesiredImage>();
    for (const image of images) {
      const { record } = this.#options.observations.get(image.node.name) ?? {};
      if (record && (await keptInventory(stateRoot(this.#context), ofImage(record.imageId)))) kept.add(image);
    }
    return kept;
  }

  /** What the document says that is attached to the image; asked for once. */
  attached({ node: { name } }: DesiredImage): Promise<ImageContents | undefined> {
    const { observations, registry } = this.#options;
    const { record } = observations.get(name) ?? {};
    if (record === undefined) return Promise.resolve(undefined);
    const asked = this.#attached.get(name) ?? attachedSbom(registry, name, record.manifestDigest);
    this.#attached.set(name, asked);
    return asked.then((document) => (document?.contents.from === "image" ? document.contents : undefined));
  }

  image({ node: { name } }: DesiredImage): Promise<Inventory | undefined> {
    const { observations, registry } = this.#options;
    const { record, key } = observations.get(name) ?? {};
    if (record === undefined || !key) return Promise.resolve(undefined);
    const { imageId } = record;
    return this.#find(ofImage(imageId), ({ runner }) =>
      runner.inspect({ ...this.#job(name), image: { imageId, pull: registry.reference(name, keyTag(key)) } }),
    );
  }

  external({ node: { name, platform }, recipe }: DesiredImage): Promise<Inventory | undefined> {
    const reference = finalBase(recipe.containerfile) ?? "";
    return this.#find(ofExternal(reference, platform), ({ inspectExternal }) =>
      inspectExternal({ reference, platform }, this.#job(name)),
    );
  }

  async close(): Promise<void> {
    await (await this.#scanner?.catch(() => undefined))?.close();
  }

  #find(key: InventoryKey, look: (scanner: ImageScanner) => Promise<Inventory>): Promise<Inventory | undefined> {
    const state = stateRoot(this.#context);
    if (!this.#options.scan) return keptInventory(state, key);
    return inventoryOf(state, key, async () => {
      this.#scanner ??= this.#options.openScanner(this.#context, this.#loaded);
      return look(await this.#scanner);
    });
  }

  #job(name: ImageName) {
    const { signal } = this.#context;
    return { name, signal, log: join(stateRoot(this.#context), "logs", `${name}.log`) };
  }
}
