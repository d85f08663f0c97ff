import { posix } from "node:path";
import { LOCK_FILE } from "../../load/find-documents.js";
import { CATALOGUE_PATHS } from "../../load/git/tree.js";
import type { Body } from "../../model/definition.js";
import { type AgingPins, agingPins } from "../../policy/base-rules.js";
import type { LoadedCatalogue } from "../catalogue/catalogue.js";

/**
 * What is kept of a whole, sound catalogue so that a later plan between two commits need not read all of it again: enough
 * to tell which definitions a changed path reaches.
 */
export interface CatalogueIndex {
  readonly commit: string;
  /** Columns, one entry an image, in build order: ten thousand small objects would cost more than the plan. */
  readonly names: readonly string[];
  /** What an image is built from, joined by spaces. */
  readonly parents: readonly string[];
  /** The definition's file, then the paths of its artifacts, joined by line feeds. */
  readonly roots: readonly string[];
  /** The packages that the lists approve for it, each as packageId gives it, joined by spaces. */
  readonly packages: readonly string[];
  /** Set where bases may be too old one day: from then on the commit is not sound any more. */
  readonly aging?: AgingPins;
}

/** A package of an approved list, whatever system or language it is for. No spaces: names have none. */
export const packageId = (kind: "system" | "runtime", name: string) =>
  `${kind[0]}:${name.toLowerCase().replace(/[-_.]+/g, "-")}`;

/** A part of a catalogue that is sound by itself: definitions with all their ancestors and descendants. */
export interface CataloguePart {
  readonly names: ReadonlySet<string>;
  /** Names, of images or not, whose entries of slipway.lock differ. */
  readonly locked: ReadonlySet<string>;
  /** What to read of a tree. */
  readonly paths: readonly string[];
  /** How many images of the index are not in it. */
  readonly outside: number;
}

/** When more than this part of a catalogue is reached, reading all of it is as quick. */
const MAX_SHARE = 0.5;

/**
 * undefined: symbolic links may connect paths that the index would hold apart, and exceptions name images anywhere and hold
 * for a time. One that comes later is a change of policies/, where everything is read as well.
 */
export function indexOf({ catalogue, desired, tree }: LoadedCatalogue): CatalogueIndex | undefined {
  if (catalogue.exceptions.length > 0) return undefined;
  if (desired.commit === null || [...tree.files.values()].some(({ mode }) => mode === "120000")) return undefined;
  const nodes = [...desired.images.values()].map(({ node }) => node);
  const packages = [...desired.images.values()].map(
    ({
      recipe,
      node: {
        definition: { origin },
      },
    }) => [
      ...recipe.packages.map(({ kind, name }) => packageId(kind, name)),
      ...(origin.type === "bootstrap" ? origin.bootstrap.packages.map((name) => packageId("system", name)) : []),
    ],
  );
  const aging = agingPins(catalogue);
  return {
    commit: desired.commit,
    ...(aging === undefined ? {} : { aging }),
    names: nodes.map(({ name }) => name),
    packages: packages.map((ids) => ids.join(" ")),
    parents: nodes.map(({ parents }) => parents.join(" ")),
    roots: nodes.map(({ definition: { source }, stages }) =>
      [source.file, ...stages.flatMap(({ bodies }) => bodies.flatMap(rootsOf))].join("\n"),
    ),
  };
}

/** What a body names of the catalogue's files. Its own is a module's, or the definition's. */
function rootsOf({ source, folder, artifacts, runtimeManifest }: Body): string[] {
  const paths = artifacts.flatMap((artifact) => (artifact.type === "path" ? [artifact.path] : []));
  // A lock file beside the manifest may come or go.
  if (runtimeManifest !== undefined) paths.push(posix.dirname(runtimeManifest.path));
  const roots = paths.map((path) => artifactRoot(folder, path));
  return source.file.startsWith("images/") ? roots : [source.file, ...roots];
}

/** Approved lists: what changes in them reaches the images that use the packages. */
export const isApprovedList = (path: string) => /^catalog\/(?:system|runtime)\//.test(path);

/** In what two commits, or one of them, differ from the index's. */
export interface Changes {
  readonly paths: readonly string[];
  /** As packageId gives them: those in which their approved lists differ. */
  readonly packages: ReadonlySet<string>;
  /** Images whose entries of slipway.lock differ. `bases`: what it has beside them does, which reaches everything. */
  readonly locked: ReadonlySet<string> | "bases";
}

/** What of a catalogue does not reach all of it when it changes. */
const isNarrow = (path: string) => path.startsWith("images/") || isApprovedList(path) || path === LOCK_FILE;

/** What must be read of two commits to plan between them. undefined: everything, because a setting changed, or too much else. */
export function reachedPart(
  index: CatalogueIndex,
  { paths: changed, packages, locked }: Changes,
): CataloguePart | undefined {
  if (locked === "bases" || changed.some((path) => !isNarrow(path))) return undefined;
  // A YAML file that comes or goes decides what else in its folder is a definition: the whole folder is looked at.
  const folders = [...new Set(changed.filter((path) => /^images\/.*\.ya?ml$/.test(path)).map(topFolder))];
  const reached = new Set(changed.flatMap(withParents));
  const inside = folders.map((folder) => `${folder}/`);
  const start = new Set<string>();
  index.roots.forEach((roots, at) => {
    const [file = "", ...artifacts] = roots.split("\n");
    const touched =
      reached.has(file) || locked.has(index.names[at] as string) || inside.some((folder) => file.startsWith(folder));
    const asks = packages.size > 0 && index.packages[at]?.split(" ").some((id) => packages.has(id));
    if (touched || asks || artifacts.some((root) => reached.has(root))) start.add(index.names[at] as string);
  });
  const names = family(start, index);
  if (names.size > index.names.length * MAX_SHARE && names.size > 100) return undefined;
  const members = index.names.flatMap((name, at) => (names.has(name) ? [at] : []));
  const paths = new Set([...members.flatMap((at) => index.roots[at]?.split("\n") ?? []), ...folders, ...changed]);
  const always = CATALOGUE_PATHS.filter((path) => path !== "images");
  return { names, locked, paths: [...always, ...paths], outside: index.names.length - members.length };
}

/** A path and the folders it is in: an artifact that is a folder is reached by whatever changes in it. */
function withParents(path: string): string[] {
  const parts = path.split("/");
  return parts.map((_, index) => parts.slice(0, index + 1).join("/"));
}

/** The folder below images/ that a path is in; for a file directly in images/ the file itself. */
const topFolder = (path: string) => path.split("/").slice(0, 2).join("/");

/** These images with all that is built from them, and all that any of these is built from. */
function family(start: ReadonlySet<string>, { names, parents }: CatalogueIndex): Set<string> {
  const found = new Set(start);
  const parentsOf = (at: number) => (parents[at] === "" ? [] : (parents[at] as string).split(" "));
  // Parents come before children: one pass down finds all descendants, one pass up all ancestors.
  names.forEach((name, at) => {
    if (parentsOf(at).some((parent) => found.has(parent))) found.add(name);
  });
  for (let at = names.length - 1; at >= 0; at--) {
    if (found.has(names[at] as string)) for (const parent of parentsOf(at)) found.add(parent);
  }
  return found;
}

const artifactRoot = (folder: string, path: string) =>
  posix.normalize(path.startsWith("/") ? path.slice(1) : `${folder}/${path}`).replace(/\/$/, "");
