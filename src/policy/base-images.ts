import type { Catalogue } from "../model/catalogue.js";
import type { Body, ImageDefinition } from "../model/definition.js";

/** What of a catalogue belongs to its base images. Paths are relative to the catalogue; none ends in `/`. */
export interface BasePlaces {
  /** Folders with a base image's definition: all below is its content, but for `others`. */
  readonly folders: readonly string[];
  /** Definitions of other images in those folders. */
  readonly others: readonly string[];
  /** A base image's definition, and files or folders elsewhere that it copies. */
  readonly own: readonly string[];
  /**
   * Folders above a base image's own: a definition in one of them would make all below it content, and the base image
   * would be gone. YAML files directly in them count, nothing else.
   */
  readonly above: readonly string[];
}

const ROOT = "images";

/** The places of all base images, each list in order of path. */
export function basePlaces({ images, modules }: Catalogue): BasePlaces {
  const definitions = [...images.values()];
  const bases = definitions.filter(({ kind }) => kind === "BaseImage");
  // A definition directly in images/ is one file: the folder is everybody's.
  const folders = new Set(bases.map(({ folder }) => folder).filter((folder) => folder !== ROOT));
  const others = definitions.filter(({ kind, folder }) => kind !== "BaseImage" && folders.has(folder));
  return {
    folders: sorted(folders),
    others: sorted(others.map(({ source }) => source.file)),
    own: sorted(bases.flatMap((base) => [base.source.file, ...copied(base, modules)])),
    above: sorted([...folders].flatMap(foldersAbove)),
  };
}

/** Whether a path belongs to a base image of any of these catalogues: those before and after a change. */
export function baseImagePaths(...catalogues: readonly Catalogue[]): (path: string) => boolean {
  const tests = catalogues.map((catalogue) => {
    const { folders, others, own, above } = basePlaces(catalogue);
    const [inFolders, inOthers, inOwn, directlyAbove] = [folders, others, own, above].map((list) => new Set(list));
    return (path: string) => {
      const ways = withParents(path);
      const isIn = (places: ReadonlySet<string> | undefined) => ways.some((way) => places?.has(way));
      if (isIn(inOwn)) return true;
      if (ways.some((way) => /\.ya?ml$/.test(way) && directlyAbove?.has(parentOf(way)))) return true;
      return isIn(inFolders) && !isIn(inOthers);
    };
  });
  return (path) => tests.some((test) => test(path));
}

/** What a base image takes from outside of its folder: whoever may change that would change the base image. */
function copied(image: ImageDefinition, modules: Catalogue["modules"]): string[] {
  const { folder: own } = image;
  const roots = bodiesOf(image, modules).flatMap(({ folder, artifacts, runtimeManifest }) => {
    const paths = artifacts.flatMap((artifact) => (artifact.type === "path" ? [artifact.path] : []));
    // A lock file may lie beside the manifest.
    if (runtimeManifest !== undefined) paths.push(runtimeManifest.path, parentOf(runtimeManifest.path));
    return paths.map((path) => normal(path.startsWith("/") ? path : `${folder}/${path}`));
  });
  return roots.filter((root) => root.startsWith(`${ROOT}/`) && !(own !== ROOT && `${root}/`.startsWith(`${own}/`)));
}

/** The image, its stages, and every module that it may have, in all versions. */
function bodiesOf(image: ImageDefinition, modules: Catalogue["modules"]): readonly Body[] {
  const bodies: Body[] = [...image.stages, image];
  const seen = new Set<string>();
  // The list grows while it is read.
  for (const body of bodies) {
    for (const { name } of body.modules) {
      if (!seen.has(name)) bodies.push(...(modules.get(name) ?? []));
      seen.add(name);
    }
  }
  return bodies;
}

/** Without `.`, `..`, doubled slashes and those at the ends. */
function normal(path: string): string {
  const parts: string[] = [];
  for (const part of path.split("/")) {
    if (part === "..") parts.pop();
    else if (part !== "" && part !== ".") parts.push(part);
  }
  return parts.join("/");
}

/** The folders between images/ and a folder below it. */
const foldersAbove = (folder: string) => withParents(parentOf(folder)).filter((above) => above.startsWith(`${ROOT}/`));

/** `a/b/c` → `a`, `a/b`, `a/b/c`. */
function withParents(path: string): string[] {
  const parts = path.split("/");
  return parts.map((_, index) => parts.slice(0, index + 1).join("/"));
}

const parentOf = (path: string) => path.slice(0, Math.max(0, path.lastIndexOf("/")));

const sorted = (paths: Iterable<string>) => [...new Set(paths)].sort();
