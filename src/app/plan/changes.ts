import { LOCK_FILE } from "../../load/find-documents.js";
import type { CatalogueCommit, CommitReader } from "../../load/git/commit-reader.js";
import type { LoadCache } from "../../load/load.js";
import { changedEntries } from "./changed-entries.js";
import { changedPackages, isApprovedList } from "./changed-packages.js";
import { type Lists, listed, type Snapshot } from "./snapshot.js";

/** What differs between a snapshot's commit and others, as far as it reaches only some of the images. */
export interface Changes {
  /** Images of the snapshot whose own inputs differ. */
  readonly images: ReadonlySet<number>;
  /** Those of them with which all that are built on them are to be read. */
  readonly families: ReadonlySet<number>;
  /** Names, of images or not, whose entries of slipway.lock differ. */
  readonly locked: ReadonlySet<string>;
  readonly paths: readonly string[];
  /** Folders in which other files may have become definitions. */
  readonly folders: readonly string[];
}

/** `commits`: the snapshot's, then others. undefined: something differs that reaches everything. Throws Unanswered. */
export async function changesBetween(
  reader: CommitReader,
  snapshot: Snapshot,
  [known, ...others]: readonly [CatalogueCommit, ...CatalogueCommit[]],
  cache: LoadCache,
): Promise<Changes | undefined> {
  const changed = (await Promise.all(others.map((each) => reader.changedPaths(known, each)))).flat();
  const paths = [...new Set(changed.map(({ path }) => path))];
  // A name that is not UTF-8 cannot be given to Git again.
  if (paths.some((path) => !isNarrow(path) || path.includes("\ufffd"))) return undefined;
  const all = [...new Map([known, ...others].map((each) => [each.tree, each])).values()];
  const packages = await changedPackages(reader, all, paths, cache);
  const locked = await changedEntries(reader, all, paths, cache);
  if (locked === "bases") return undefined;
  // A YAML file that is added or removed decides what else in its folder is a definition, and one that is content is under one.
  const isDefinition = (path: string) => snapshot.files.indexOf(path) >= 0;
  const loose = changed.filter(({ path, isModified }) => isYaml(path) && !(isModified && isDefinition(path)));
  const folders = [...new Set(loose.map(({ path }) => topFolder(path)))];
  const images = new Set([...defined(snapshot, paths, folders), ...using(snapshot, paths)]);
  for (const name of locked) add(images, snapshot.names.indexOf(name));
  const users = (ids: Iterable<string>) => usersOf(snapshot.packages, snapshot.packageUsers, ids);
  for (const image of users(packages.all)) images.add(image);
  return { images, families: new Set(users(packages.takenBack)), locked, paths, folders };
}

/** Whether a change of a path reaches only some of the images. */
const isNarrow = (path: string) => path.startsWith("images/") || isApprovedList(path) || path === LOCK_FILE;

const isYaml = (path: string) => /^images\/.*\.ya?ml$/.test(path);

/** The folder below images/ that a path is in; for a file directly in images/ the file itself. */
const topFolder = (path: string) => path.split("/").slice(0, 2).join("/");

const add = (images: Set<number>, image: number) => image >= 0 && images.add(image);

/** The images whose definitions are among some files, or in some folders. */
function defined({ files, columns }: Snapshot, paths: readonly string[], folders: readonly string[]): Set<number> {
  const reached = new Set<number>();
  for (const path of paths) add(reached, files.indexOf(path));
  for (const folder of folders) for (const file of files.startingWith(`${folder}/`)) reached.add(file);
  const images = new Set<number>();
  if (reached.size === 0) return images;
  columns.file.forEach((file, image) => {
    if (reached.has(file)) images.add(image);
  });
  return images;
}

/** The images that use paths in another way. An artifact that is a folder is reached by any change in it. */
const using = ({ roots, rootUsers }: Snapshot, paths: readonly string[]) =>
  roots.length === 0 ? [] : usersOf(roots, rootUsers, new Set(paths.flatMap(withParents)));

function withParents(path: string): string[] {
  const parts = path.split("/");
  return parts.map((_, index) => parts.slice(0, index + 1).join("/"));
}

function usersOf(table: Snapshot["roots"], lists: Lists, texts: Iterable<string>): number[] {
  const users: number[] = [];
  for (const text of texts) {
    const at = table.indexOf(text);
    if (at >= 0) users.push(...listed(lists, at));
  }
  return users;
}
