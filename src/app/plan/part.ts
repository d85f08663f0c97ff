import { LOCK_FILE } from "../../load/find-documents.js";
import { CATALOGUE_PATHS } from "../../load/git/tree.js";
import { type CatalogueIndex, isApprovedList } from "./catalogue-index.js";

/** A part of a catalogue that is complete by itself: definitions with all their ancestors and descendants. */
export interface CataloguePart {
  /** The images in it. */
  readonly names: ReadonlySet<string>;
  /** Names, of images or not, whose entries of slipway.lock differ. */
  readonly locked: ReadonlySet<string>;
  /** The paths to read of a tree. */
  readonly paths: readonly string[];
  /** How many images of the index are not in it. */
  readonly outside: number;
}

/** Where more than this share of a catalogue is reached, reading all of it is as fast. */
const MAX_SHARE = 0.5;

/** The differences of one commit, or of two, from the index's. */
export interface Changes {
  readonly paths: readonly string[];
  /** The packages, as packageId gives them, in which the approved lists differ. */
  readonly packages: ReadonlySet<string>;
  /** Images whose entries of slipway.lock differ. `bases`: the rest of the file differs, which reaches everything. */
  readonly locked: ReadonlySet<string> | "bases";
}

/** Whether a change of a path reaches only some of the images. */
const isNarrow = (path: string) => path.startsWith("images/") || isApprovedList(path) || path === LOCK_FILE;

/** The part of two commits to read for a plan between them; undefined: everything, because a setting changed, or too much else. */
export function reachedPart(
  index: CatalogueIndex,
  { paths: changed, packages, locked }: Changes,
): CataloguePart | undefined {
  if (locked === "bases" || changed.some((path) => !isNarrow(path))) return undefined;
  // A YAML file that is added or removed decides what else in its folder is a definition, so the whole folder is read.
  const folders = [...new Set(changed.filter((path) => /^images\/.*\.ya?ml$/.test(path)).map(topFolder))];
  const reached = new Set(changed.flatMap(withParents));
  const prefixes = folders.map((folder) => `${folder}/`);
  const start = new Set<string>();
  index.roots.forEach((roots, at) => {
    const [file = "", ...artifacts] = roots.split("\n");
    const name = index.names[at] as string;
    const isTouched = reached.has(file) || locked.has(name) || prefixes.some((prefix) => file.startsWith(prefix));
    const usesPackage = packages.size > 0 && index.packages[at]?.split(" ").some((id) => packages.has(id));
    if (isTouched || usesPackage || artifacts.some((root) => reached.has(root))) start.add(name);
  });
  const names = family(start, index);
  if (names.size > index.names.length * MAX_SHARE && names.size > 100) return undefined;
  const members = index.names.flatMap((name, at) => (names.has(name) ? [at] : []));
  const paths = new Set([...members.flatMap((at) => index.roots[at]?.split("\n") ?? []), ...folders, ...changed]);
  const everywhere = CATALOGUE_PATHS.filter((path) => path !== "images");
  return { names, locked, paths: [...everywhere, ...paths], outside: index.names.length - members.length };
}

/** A path and the folders it is in: an artifact that is a folder is reached by any change in it. */
function withParents(path: string): string[] {
  const parts = path.split("/");
  return parts.map((_, index) => parts.slice(0, index + 1).join("/"));
}

/** The folder below images/ that a path is in; for a file directly in images/ the file itself. */
const topFolder = (path: string) => path.split("/").slice(0, 2).join("/");

/** These images with their descendants, and the ancestors of all of these. */
function family(start: ReadonlySet<string>, { names, parents }: CatalogueIndex): Set<string> {
  const members = new Set(start);
  const parentsOf = (at: number) => (parents[at] === "" ? [] : (parents[at] as string).split(" "));
  // Parents come before children: one pass down finds all descendants, one pass up all ancestors.
  names.forEach((name, at) => {
    if (parentsOf(at).some((parent) => members.has(parent))) members.add(name);
  });
  for (let at = names.length - 1; at >= 0; at--) {
    if (members.has(names[at] as string)) for (const parent of parentsOf(at)) members.add(parent);
  }
  return members;
}
