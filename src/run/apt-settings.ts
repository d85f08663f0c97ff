import { lstatSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { readBelow } from "./image-layers.js";

const DIRECTORY = "/etc/apt/apt.conf.d";

/** Names that apt reads (apt.conf(5)). */
const NAME = /^[A-Za-z0-9_-]+(?:\.conf)?$/;

/** apt's own settings in an image, by file name. `layers` are those of the image, the highest first. */
export function aptSettings(layers: readonly string[]): ReadonlyMap<string, string> {
  const names = new Set(layers.flatMap((layer) => namesIn(join(layer, DIRECTORY))));
  const texts = new Map<string, string>();
  for (const name of [...names].sort()) {
    const path = `${DIRECTORY}/${name}`;
    const text = readBelow(layers, path);
    if (text !== undefined) texts.set(name, text);
  }
  return texts;
}

function namesIn(directory: string): string[] {
  const isDirectory = lstatSync(directory, { throwIfNoEntry: false })?.isDirectory() === true;
  return isDirectory ? readdirSync(directory).filter((name) => NAME.test(name)) : [];
}
