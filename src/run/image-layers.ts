import { lstatSync, readFileSync, readlinkSync } from "node:fs";
import { join } from "node:path";
import type { Digest } from "../model/names.js";
import type { BuildSystem } from "./build-system.js";
import { bareId } from "./images.js";
import { StepFailure } from "./runner.js";
import { storedEntries } from "./stored-image.js";

/**
 * The layers of an image as directories of containers/storage, the highest first, by the storage's own lists. With the driver vfs
 * each directory is the whole tree of an image that ends with that layer. Raises StepFailure.
 */
export async function imageLayers(system: BuildSystem, imageId: Digest): Promise<readonly string[]> {
  const image = (await storedEntries(system, "images")).find(({ id }) => id === bareId(imageId));
  if (image === undefined) throw new StepFailure("BUILD_FAILED", `${imageId} is no longer in local storage`);
  const layers = new Map((await storedEntries(system, "layers")).map((layer) => [layer.id, layer]));
  const chain: string[] = [];
  for (let at = image.layer; at !== undefined && at !== ""; at = layers.get(at)?.parent) chain.push(at);
  return chain.map((id) => layerDirectory(system, id));
}

/** The directory of one layer. */
export const layerDirectory = ({ storage: { root, driver } }: BuildSystem, id: string): string =>
  driver === "vfs" ? join(root, "vfs", "dir", id) : join(root, driver, id, "diff");

/** What layers have at a path; undefined: nothing. `path` is absolute and has no links in it but at its end. */
export function findBelow(layers: readonly string[], path: string): string | undefined {
  const parts = path.split("/").filter((part) => part !== "");
  for (const layer of layers) {
    const found = lookUp(layer, parts);
    if (found === "hidden") return undefined;
    if (found !== undefined) return found;
  }
  return undefined;
}

/** `hidden`: the layer hides what lower ones have there (overlayfs.rst, "whiteouts and opaque directories"). */
function lookUp(layer: string, parts: readonly string[]): string | "hidden" | undefined {
  let at = layer;
  for (const [index, part] of parts.entries()) {
    at = `${at}/${part}`;
    const stats = lstatSync(at, { throwIfNoEntry: false });
    if (stats === undefined) return undefined;
    if (stats.isCharacterDevice() && stats.rdev === 0) return "hidden";
    if (index < parts.length - 1 && !stats.isDirectory()) return "hidden";
  }
  return at;
}

/** A small file of what is below; undefined: there is none. */
export function readBelow(layers: readonly string[], path: string): string | undefined {
  const found = findBelow(layers, path);
  if (found === undefined || !lstatSync(found).isFile()) return undefined;
  return readFileSync(found, "utf8");
}

/** The target of a link in an image's tree. */
export function linkBelow(layers: readonly string[], path: string): string | undefined {
  const found = findBelow(layers, path);
  return found !== undefined && lstatSync(found).isSymbolicLink() ? readlinkSync(found) : undefined;
}
