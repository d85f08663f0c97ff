import { posix } from "node:path";
import type { Body } from "../../model/definition.js";
import type { DesiredImage } from "../../model/desired.js";
import { type AgingPins, agingPins } from "../../policy/base-rules.js";
import type { LoadedCatalogue } from "../catalogue/catalogue.js";

/**
 * The memory of a whole, sound catalogue that lets a later plan between two commits read less than all of it: enough to tell which
 * definitions a changed path reaches.
 */
export interface CatalogueIndex {
  readonly commit: string;
  /** Columns with one entry per image, in build order: ten thousand small objects would cost more than the plan. */
  readonly names: readonly string[];
  /** The images that each image is built from, joined by spaces. */
  readonly parents: readonly string[];
  /** The definition's file, then the paths of its artifacts, joined by line feeds. */
  readonly roots: readonly string[];
  /** The packages that the lists approve for each image, as packageId gives them, joined by spaces. */
  readonly packages: readonly string[];
  /** Set where bases will be too old one day: from then on the commit is no longer sound. */
  readonly aging?: AgingPins;
}

/**
 * Identifies a package of an approved list, whatever system or language the list is for. Contains no spaces, as names have none.
 */
export const packageId = (kind: "system" | "runtime", name: string) =>
  `${kind[0]}:${name.toLowerCase().replace(/[-_.]+/g, "-")}`;

/**
 * The index of a catalogue. undefined: the catalogue can have none, as symbolic links may connect paths that the index would treat
 * as separate, submodules bring files that Git does not list, and exceptions name images anywhere and expire. An exception that is added later is a change in policies/, for which
 * everything is read as well.
 */
export function indexOf({ catalogue, desired, tree }: LoadedCatalogue): CatalogueIndex | undefined {
  if (catalogue.exceptions.length > 0 || tree.hasSubmodules) return undefined;
  if (desired.commit === null || [...tree.files.values()].some(({ mode }) => mode === "120000")) return undefined;
  const images = [...desired.images.values()];
  const nodes = images.map(({ node }) => node);
  const aging = agingPins(catalogue);
  return {
    commit: desired.commit,
    ...(aging === undefined ? {} : { aging }),
    names: nodes.map(({ name }) => name),
    packages: images.map((image) => approvedPackages(image).join(" ")),
    parents: nodes.map(({ parents }) => parents.join(" ")),
    roots: nodes.map(({ definition: { source }, stages }) =>
      [source.file, ...stages.flatMap(({ bodies }) => bodies.flatMap(rootsOf))].join("\n"),
    ),
  };
}

function approvedPackages({ recipe, node }: DesiredImage): string[] {
  const { origin } = node.definition;
  const bootstrap = origin.type === "bootstrap" ? origin.bootstrap.packages : [];
  return [
    ...recipe.packages.map(({ kind, name }) => packageId(kind, name)),
    ...bootstrap.map((name) => packageId("system", name)),
  ];
}

/** The paths of the catalogue that a body names, and those of a module's own file. */
function rootsOf({ source, folder, artifacts, runtimeManifest }: Body): string[] {
  const paths = artifacts.flatMap((artifact) => (artifact.type === "path" ? [artifact.path] : []));
  // The package manager's lock file beside the package manifest may be added or removed.
  if (runtimeManifest !== undefined) paths.push(posix.dirname(runtimeManifest.path));
  const roots = paths.map((path) => artifactRoot(folder, path));
  return source.file.startsWith("images/") ? roots : [source.file, ...roots];
}

/** Whether a path is that of an approved list. A change there reaches only the images that use the packages. */
export const isApprovedList = (path: string) => /^catalog\/(?:system|runtime)\//.test(path);

const artifactRoot = (folder: string, path: string) =>
  posix.normalize(path.startsWith("/") ? path.slice(1) : `${folder}/${path}`).replace(/\/$/, "");
