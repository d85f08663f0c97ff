import { posix } from "node:path";
import type { Body, ManifestReference } from "../model/definition.js";

/** The path of a package manifest in the catalogue. A path that leads out of it names no file there. */
export const manifestFile = ({ folder }: Pick<Body, "folder">, { path }: ManifestReference): string =>
  posix.normalize(path.startsWith("/") ? path.slice(1) : `${folder}/${path}`);
