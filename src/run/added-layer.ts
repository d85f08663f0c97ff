import { lstatSync, readFileSync, readlinkSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Digest } from "../model/names.js";
import type { BuildSystem } from "./build-system.js";
import { bareId } from "./images.js";

/** The layers that an image adds to what it starts from, as directories of containers/storage, the highest first. */
export interface AddedLayers {
  /** One for the image, and one for each of its stages that it derives from. */
  readonly own: readonly string[];
  readonly below: readonly string[];
  /** true: the first of `own` is the image's whole tree, and the first of `below` that of what it starts from (vfs). */
  readonly whole: boolean;
}

interface Layer {
  readonly id: string;
  readonly parent?: string;
}

/** Finds the layers by the storage's own lists. Raises Error where these are not as expected. */
export async function addedLayers(
  { storage: { root, driver } }: BuildSystem,
  imageId: Digest,
  base: Digest | undefined,
): Promise<AddedLayers> {
  const list = async <T>(kind: string) =>
    JSON.parse(await readFile(join(root, `${driver}-${kind}`, `${kind}.json`), "utf8")) as readonly T[];
  const images = await list<{ readonly id: string; readonly layer?: string }>("images");
  const layers = new Map((await list<Layer>("layers")).map((layer) => [layer.id, layer]));
  const topOf = (id: Digest) => {
    const image = images.find((each) => each.id === bareId(id));
    if (image === undefined) throw new Error(`${id} is not in local storage`);
    return image.layer;
  };
  const top = topOf(imageId);
  const bottom = base === undefined ? undefined : topOf(base);
  const chain: string[] = [];
  for (let at = top; at !== undefined && at !== ""; at = layers.get(at)?.parent) chain.push(at);
  const depth = bottom === undefined ? chain.length : chain.indexOf(bottom);
  if (depth < 0) throw new Error(`${imageId} does not stand on ${base}`);
  const directoryOf = (id: string) =>
    driver === "vfs" ? join(root, "vfs", "dir", id) : join(root, driver, id, "diff");
  const [own, below] = [chain.slice(0, depth).map(directoryOf), chain.slice(depth).map(directoryOf)];
  return { own, below, whole: driver === "vfs" };
}

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
