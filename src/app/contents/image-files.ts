import { type Context, stateRoot } from "../../context.js";
import type { AttributedFile, Attribution } from "../../model/attribution.js";
import type { DesiredImage } from "../../model/desired.js";
import type { ImageName } from "../../model/names.js";
import type { Observations } from "../../model/observation.js";
import type { AttachmentStore } from "../../model/registry.js";
import { startingPoint } from "../../resolve/starting-point.js";
import type { LoadedCatalogue } from "../catalogue/catalogue.js";
import { attachedAttribution, cachedAttribution } from "./attributions.js";

export interface FileSources {
  readonly context: Context;
  readonly loaded: LoadedCatalogue;
  readonly registry: Pick<AttachmentStore, "attachments">;
  readonly observations: Observations;
}

/** What made the files of an image that the registry has; undefined: nobody has written that down. Raises RegistryError. */
async function imageFiles(sources: FileSources, name: ImageName): Promise<Attribution | undefined> {
  const { record } = sources.observations.get(name) ?? {};
  if (record === undefined) return undefined;
  const cached = await cachedAttribution(stateRoot(sources.context), { image: name, imageId: record.imageId });
  return cached ?? attachedAttribution(sources.registry, name, record.manifestDigest);
}

export interface ChainFiles {
  readonly image: ImageName;
  readonly attribution: Attribution | undefined;
}

/** The same for the image and everything that it starts from, the image first. */
export async function chainFiles(sources: FileSources, name: ImageName): Promise<readonly ChainFiles[]> {
  const chain: ChainFiles[] = [];
  for (let at: ImageName | undefined = name; at !== undefined; ) {
    chain.push({ image: at, attribution: await imageFiles(sources, at) });
    const image: DesiredImage | undefined = sources.loaded.desired.images.get(at);
    const base = image && startingPoint(image.node).base;
    at = base?.type === "image" ? base.image : undefined;
  }
  return chain;
}

/** A file as a chain of images has it. */
export interface FoundFile {
  readonly image: ImageName;
  readonly file: AttributedFile;
}

/** The files that a container sees, each of the image that brought it last. */
export function mergedView(chain: readonly ChainFiles[]): ReadonlyMap<string, FoundFile> {
  const view = new Map<string, FoundFile>();
  for (const { image, attribution } of [...chain].reverse()) {
    const files = attribution?.files ?? [];
    for (const { kind, path } of files) if (kind === "deleted") hide(path, view);
    for (const file of files) if (file.kind !== "deleted") view.set(file.path, { image, file });
  }
  return view;
}

function hide(path: string, view: Map<string, FoundFile>): void {
  for (const at of view.keys()) if (at === path || at.startsWith(`${path}/`)) view.delete(at);
}
