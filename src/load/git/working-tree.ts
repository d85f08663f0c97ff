import {
  accessSync,
  closeSync,
  constants,
  existsSync,
  lstatSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  readSync,
  type Stats,
  statSync,
} from "node:fs";
import { join } from "node:path";
import { MAX_FILES } from "../limits.js";
import type { BlobSink } from "./cat-file.js";
import { insideRepository } from "./git.js";
import { hashSink } from "./hash-sink.js";
import { joinTrees, type TreePart } from "./joined-tree.js";
import { withLfs } from "./lfs.js";
import { listFiles } from "./list-files.js";
import { storedContent } from "./stored-content.js";
import { SUBMODULE } from "./submodule.js";
import {
  CATALOGUE_PATHS,
  type FileCopy,
  type FileTree,
  indexFiles,
  type Receive,
  TreeError,
  type TreeFile,
  tooManyFiles,
} from "./tree.js";
import { fileWriter, makeDirectories, writeLink } from "./write-file.js";

const CHUNK_BYTES = 256 * 1024;

/**
 * Opens the catalogue as it stands in the file system: in a Git repository the tracked files and the untracked ones that
 * are not ignored, elsewhere all files. Throws TreeError: not-a-directory, git-missing, git-failed, too-many-files.
 */
export async function openWorkingTree(directory: string): Promise<FileTree> {
  requireDirectory(directory);
  if (insideRepository(directory)) return openCheckout(directory, CATALOGUE_PATHS);
  const paths = walk(directory);
  if (paths.length > MAX_FILES) throw tooManyFiles(paths.length);
  return withLfs(new WorkingTree(directory, indexFiles(describe(directory, paths))), directory);
}

/** The catalogue itself may be reached through a link; what is in it may not. */
function requireDirectory(directory: string): void {
  let problem = `there is no directory ${directory}`;
  try {
    if (statSync(directory, { throwIfNoEntry: false })?.isDirectory()) {
      accessSync(directory, constants.R_OK | constants.X_OK);
      return;
    }
  } catch (error) {
    // EACCES, ELOOP, ENAMETOOLONG.
    problem = `${directory} cannot be read: ${(error as Error).message}`;
  }
  throw new TreeError("not-a-directory", problem);
}

/** The files of a repository's working tree at some paths, with those of its submodules as they stand in the file system. */
async function openCheckout(directory: string, paths: readonly string[]): Promise<FileTree> {
  const listed = await listFiles(directory, paths);
  if (listed.size > MAX_FILES) throw tooManyFiles(listed.size);
  const files = indexFiles(describe(directory, [...listed.keys()]));
  const stored = await storedContent(directory, listed, files);
  const own = joinTrees(
    new WorkingTree(directory, files),
    stored.map((tree) => ({ at: "", tree })),
  );
  const submodules = [...listed].flatMap(([path, entry]) => (entry?.mode === SUBMODULE ? [path] : []));
  const isThere = (path: string) => existsSync(`${directory}/${path}/.git`);
  const parts: TreePart[] = [];
  for (const at of submodules.filter(isThere)) {
    parts.push({ at, tree: await openCheckout(join(directory, at), ["."]) });
  }
  return joinTrees(
    withLfs(own, directory),
    parts,
    submodules.filter((path) => !isThere(path)),
  );
}

function walk(directory: string): string[] {
  const paths: string[] = [];
  const queue: string[] = [];
  for (const name of CATALOGUE_PATHS) {
    const stats = lstatSyncOrNothing(join(directory, name));
    if (stats?.isDirectory()) queue.push(name);
    else if (stats !== undefined) paths.push(name);
  }
  for (let folder = queue.pop(); folder !== undefined && paths.length <= MAX_FILES; folder = queue.pop()) {
    for (const entry of readdirSync(join(directory, folder), { withFileTypes: true })) {
      if (entry.name === ".git") continue;
      (entry.isDirectory() ? queue : paths).push(`${folder}/${entry.name}`);
    }
  }
  return paths;
}

/**
 * Leaves out what Git would not store either: deleted files, nested repositories, sockets, files behind a linked
 * directory.
 */
function describe(directory: string, paths: readonly string[]): TreeFile[] {
  const files: TreeFile[] = [];
  const folders = new Map<string, boolean>([["", true]]);
  const isFolder = (folder: string): boolean => {
    const known = folders.get(folder);
    if (known !== undefined) return known;
    const real = isFolder(parentOf(folder)) && lstatSyncOrNothing(`${directory}/${folder}`)?.isDirectory() === true;
    folders.set(folder, real);
    return real;
  };
  for (const path of paths) {
    if (!isFolder(parentOf(path))) continue;
    const stats = lstatSyncOrNothing(`${directory}/${path}`);
    // A name that is not UTF-8 cannot be opened; it is listed so that it can be reported, as from a commit.
    if (path.includes("\ufffd")) files.push({ path, mode: "100644", size: 0 });
    else if (stats?.isSymbolicLink()) files.push({ path, mode: "120000", size: stats.size });
    else if (stats?.isFile()) files.push({ path, mode: stats.mode & 0o100 ? "100755" : "100644", size: stats.size });
  }
  return files;
}

function parentOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf("/")));
}

function lstatSyncOrNothing(path: string): Stats | undefined {
  try {
    return lstatSync(path, { throwIfNoEntry: false });
  } catch {
    // ENOTDIR, EACCES: it cannot be read.
    return undefined;
  }
}

class WorkingTree implements FileTree {
  readonly commit = null;
  constructor(
    readonly directory: string,
    readonly files: ReadonlyMap<string, TreeFile>,
  ) {}

  async read(paths: readonly string[], receive: Receive): Promise<void> {
    paths.forEach((path, index) => {
      const content = this.#isLink(path) ? this.#link(path) : this.#attempt(path, (full) => readFileSync(full));
      receive(path, content, index);
    });
  }

  async hash(paths: readonly string[], look?: (path: string, head: Buffer) => void): Promise<Map<string, string>> {
    const hashes = new Map<string, string>();
    for (const path of paths) {
      if (this.#isLink(path)) hashes.set(path, this.#link(path).toString("utf8"));
      else {
        const done = (sha256: string, head: Buffer) => {
          hashes.set(path, sha256);
          look?.(path, head);
        };
        this.#stream(path, hashSink(done));
      }
    }
    return hashes;
  }

  async copy(requests: readonly FileCopy[]): Promise<void> {
    makeDirectories(requests);
    for (const { from, to } of requests) {
      if (this.#isLink(from)) writeLink(to, this.#link(from));
      else this.#stream(from, fileWriter(to, this.files.get(from)?.mode ?? "100644"));
    }
  }

  #isLink(path: string): boolean {
    const file = this.files.get(path);
    if (file === undefined) throw new Error(`not a file of the tree: ${path}`);
    return file.mode === "120000";
  }

  #link(path: string): Buffer {
    return this.#attempt(path, (full) => readlinkSync(full, { encoding: "buffer" }));
  }

  #stream(path: string, sink: BlobSink): void {
    const fd = this.#attempt(path, (full) => openSync(full, "r"));
    const buffer = Buffer.allocUnsafe(CHUNK_BYTES);
    try {
      for (let length = readSync(fd, buffer); length > 0; length = readSync(fd, buffer))
        sink.write(buffer.subarray(0, length));
    } finally {
      closeSync(fd);
      sink.end();
    }
  }

  #attempt<T>(path: string, action: (full: string) => T): T {
    try {
      return action(`${this.directory}/${path}`);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new TreeError("unreadable", `${path} cannot be read: ${reason}`);
    }
  }
}
