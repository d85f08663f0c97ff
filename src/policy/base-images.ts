import type { Catalogue } from "../model/catalogue.js";
import type { Body, ImageDefinition, ModuleDefinition } from "../model/definition.js";
import { followLinks } from "../model/links.js";
import { LOCK_FILES } from "../model/manifest.js";

/** The places of a catalogue that belong to its base images. Paths are relative to the catalogue; none ends in `/`. */
export interface BasePlaces {
  /** Folders with a base image's definition: everything below them is its content, except `others`. */
  readonly folders: readonly string[];
  /** Definitions of other images in those folders. */
  readonly others: readonly string[];
  /** A base image's definition, and files or folders elsewhere that it copies. */
  readonly own: readonly string[];
  /**
   * Folders above a base image's own: a definition in one of them would turn everything below it into its content, and the base
   * image would be gone. Only YAML files directly in them count.
   */
  readonly above: readonly string[];
}

const ROOT = "images";

/** The places of all base images, each list in order of path. */
export function basePlaces(catalogue: Catalogue): BasePlaces {
  const { images } = catalogue;
  const definitions = [...images.values()];
  const bases = definitions.filter(({ kind }) => kind === "BaseImage");
  // A definition directly in images/ owns only its file: the folder belongs to everybody.
  const folders = new Set(bases.map(({ folder }) => folder).filter((folder) => folder !== ROOT));
  const others = definitions.filter(({ kind, folder }) => kind !== "BaseImage" && folders.has(folder));
  return {
    folders: sorted(folders),
    others: sorted(others.map(({ source }) => source.file)),
    own: sorted(bases.flatMap((base) => [base.source.file, ...copied(base, catalogue)])),
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

/** The files that a base image copies from outside its folder: whoever may change them may change the base image. */
function copied(definition: ImageDefinition, catalogue: Catalogue): string[] {
  const { folder } = definition;
  const own = [...definition.stages, definition];
  const bodies: readonly Body[] = [...own, ...modulesOf(own, catalogue)];
  const roots = bodies.flatMap((body) => namedFiles(body, catalogue));
  const definitions = new Set([...catalogue.images.values()].map(({ source }) => source.file));
  // Another image's definition in the folder belongs to others, unless it is copied.
  const isOwn = (root: string) => folder !== ROOT && root.startsWith(`${folder}/`) && !definitions.has(root);
  return roots.filter((root) => root.startsWith(`${ROOT}/`) && !isOwn(root));
}

/**
 * The catalogue's files that a body names, with the links that lead to them, and with a package manifest's lock file, which may be
 * added later.
 */
function namedFiles({ folder, artifacts, runtimeManifest }: Body, { languages, files }: Catalogue): string[] {
  const paths = artifacts.flatMap((artifact) => (artifact.type === "path" ? [artifact.path] : []));
  if (runtimeManifest !== undefined) {
    const { path } = runtimeManifest;
    const name = path.slice(path.lastIndexOf("/") + 1);
    const formats = languages.flatMap(({ manifests }) => manifests.filter(({ file }) => file === name));
    const locks = [LOCK_FILES[name], ...formats.map(({ lock }) => lock)].filter((lock) => lock !== undefined);
    paths.push(...[name, ...locks].map((file) => path.slice(0, path.length - name.length) + file));
  }
  return paths.flatMap((path) => {
    const followed = followLinks(path.startsWith("/") ? path : `${folder}/${path}`, files);
    return followed.type === "inside" ? [...followed.links, followed.path] : [];
  });
}

/** All modules that bodies need, in every version: it does not matter here which version is used. */
function modulesOf(bodies: readonly Body[], { modules }: Catalogue): ReadonlySet<ModuleDefinition> {
  const definitions = new Set<ModuleDefinition>();
  // Iterating over a set includes what is added meanwhile.
  const wanted = new Set(bodies.flatMap((body) => body.modules.map(({ name }) => name)));
  for (const name of wanted) {
    for (const module of modules.get(name) ?? []) {
      definitions.add(module);
      for (const needed of module.modules) wanted.add(needed.name);
    }
  }
  return definitions;
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
