import { statSync } from "node:fs";
import type { LayoutStore } from "./layout-store.js";
import { type Descriptor, parseManifest } from "./manifest.js";

/**
 * What is wrong with an image that a layout has an entry for, by what is known without reading its layers: `its layer sha256:… has other
 * bytes`. undefined: nothing, or it is not one image.
 */
export function damageOf(store: LayoutStore, entry: Descriptor): string | undefined {
  const bytes = store.read(entry.digest);
  if (bytes === undefined) return `its manifest ${blobDamage(store, entry)}`;
  if (bytes.length !== entry.size) return "its entry in index.json has a wrong size";
  const manifest = parseManifest(bytes, store.blob(entry.digest));
  if (manifest === undefined) return undefined;
  if (store.read(manifest.config.digest) === undefined)
    return `its configuration ${blobDamage(store, manifest.config)}`;
  const layer = manifest.layers.find((blob) => !store.has(blob));
  return layer === undefined ? "its entry in index.json has a wrong type" : `its layer ${blobDamage(store, layer)}`;
}

function blobDamage(store: LayoutStore, { digest, size }: Descriptor): string {
  const stats = statSync(store.blob(digest), { throwIfNoEntry: false });
  if (stats === undefined) return `${digest} is missing`;
  return stats.size === size ? `${digest} has other bytes` : `${digest} has ${stats.size} bytes instead of ${size}`;
}
