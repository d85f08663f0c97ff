import { existsSync } from "node:fs";
import { join } from "node:path";
import { type BlobSink, collect } from "./cat-file.js";
import { isGitDirectory } from "./git.js";
import { hashSink } from "./hash-sink.js";
import { withLfs } from "./lfs.js";
import { ObjectReader, Unanswered } from "./object-reader.js";
import { CATALOGUE_PATHS, type FileCopy, type FileTree, indexFiles, type Receive, type TreeFile } from "./tree.js";
import { differingEntries, entriesOf, FOLDER, findEntries, type TreeEntry } from "./tree-object.js";

/** A commit, and the tree of the catalogue in it. */
export interface CatalogueCommit {
  readonly commit: string;
  readonly tree: string;
}

export interface ChangedPath {
  readonly path: string;
  /** A file is there in both commits, in another content. */
  readonly isModified: boolean;
}

/** Files of which only the hash is needed are kept up to this size, in bytes: package manifests are read after they were hashed. */
const KEPT_BYTES = 1 << 20;

/**
 * Reads commits through one Git process: which paths differ, and some files of them. Trees are read and compared here. Its methods throw Unanswered where
 * something is missing; whoever reads everything with openCommit then is told why.
 */
export class CommitReader {
  readonly #objects: ObjectReader;
  readonly #directory: string;
  readonly #trees = new Map<string, Promise<Buffer>>();

  constructor(directory: string) {
    this.#directory = directory;
    this.#objects = new ObjectReader(directory);
  }

  close(): void {
    this.#objects.close();
  }

  /** The commit that a branch, tag or other revision names; undefined: there is none, or it has no catalogue. */
  async find(ref: string): Promise<CatalogueCommit | undefined> {
    if (ref === "" || /[\n\0]/.test(ref)) return undefined;
    const found = await this.#objects.read(`${ref}^{commit}`);
    if (found?.type !== "commit") return undefined;
    const top = /^tree ([0-9a-f]+)\n/.exec(found.content.toString("latin1", 0, 80))?.[1];
    const isTop = existsSync(join(this.#directory, ".git")) || isGitDirectory(this.#directory);
    const tree = isTop ? top : (await this.#objects.read(`${found.oid}:./`))?.oid;
    return tree === undefined ? undefined : { commit: found.oid, tree };
  }

  /** The catalogue's paths in which two commits differ, in no particular order; a rename counts as both its paths. */
  async changedPaths(from: CatalogueCommit, to: CatalogueCommit): Promise<readonly ChangedPath[]> {
    const changed: ChangedPath[] = [];
    const top: ReadonlySet<string> = new Set(CATALOGUE_PATHS);
    const compare = async (before: string | undefined, after: string | undefined, folder: string): Promise<void> => {
      if (before === after) return;
      const [old, now] = await Promise.all([before, after].map((oid) => (oid ? this.#tree(oid) : Buffer.alloc(0))));
      const pairs = differingEntries(old as Buffer, now as Buffer, from.tree.length / 2);
      await Promise.all(
        pairs.map(async ([was, is]) => {
          const { name, mode } = (was ?? is) as TreeEntry;
          if (folder === "" && !top.has(name)) return;
          if (mode === FOLDER) await compare(was?.oid, is?.oid, `${folder}${name}/`);
          else changed.push({ path: folder + name, isModified: was?.mode === is?.mode });
        }),
      );
    };
    await compare(from.tree, to.tree, "");
    return changed;
  }

  /** Opens a commit's files at or below some paths. What is in them is read at once, but for `aside`, below which only some of it may be wanted. */
  async open(
    { commit, tree }: CatalogueCommit,
    paths: readonly string[],
    aside = "catalog/modules/",
  ): Promise<FileTree> {
    const entries: { path: string; entry: TreeEntry }[] = [];
    await this.#list(tree, "", { wanted: wantedOf(paths), entries });
    const asked = new Set(paths);
    const files = await Promise.all(
      entries
        .filter(({ entry }) => entry.mode !== SUBMODULE)
        .map(({ path, entry }) =>
          this.#file(path, entry, !path.startsWith(aside) || isDocument(path) || asked.has(path)),
        ),
    );
    const hasSubmodules = entries.some(({ entry }) => entry.mode === SUBMODULE);
    return withLfs(new PartTree({ commit, files, hasSubmodules }, this.#objects), this.#directory);
  }

  #tree(oid: string): Promise<Buffer> {
    const known = this.#trees.get(oid);
    if (known !== undefined) return known;
    const read = this.#objects.read(oid).then((object) => {
      if (object?.type !== "tree") throw new Unanswered(`there is no tree ${oid}`);
      return object.content;
    });
    this.#trees.set(oid, read);
    return read;
  }

  async #list(oid: string, folder: string, to: Listing): Promise<void> {
    const tree = await this.#tree(oid);
    const { wanted, entries } = to;
    const bytes = oid.length / 2;
    const found = wanted === "all" ? entriesOf(tree, bytes) : findEntries(tree, new Set(wanted.keys()), bytes);
    await Promise.all(
      [...found].map(async (entry) => {
        const below = wanted === "all" ? "all" : (wanted.get(entry.name) as Wanted);
        const path = folder + entry.name;
        if (entry.mode === FOLDER) await this.#list(entry.oid, `${path}/`, { wanted: below, entries });
        else entries.push({ path, entry });
      }),
    );
  }

  async #file(path: string, { mode, oid }: TreeEntry, isNow: boolean): Promise<ReadFile> {
    const file = { path, mode: mode === "120000" || mode === "100755" ? mode : "100644", oid } as const;
    if (!isNow) return { file: { ...file, size: 0 } };
    const read: { content?: Buffer; sha256?: string; head?: Buffer; size: number } = { size: 0 };
    await this.#objects.stream(oid, isDocument(path) || mode === "120000" ? keep(read) : keepSome(read));
    const { size, ...rest } = read;
    return { file: { ...file, size }, ...rest };
  }
}

const SUBMODULE = "160000";

const isDocument = (path: string) => /\.(?:ya?ml|hbs)$|^slipway\.lock$/.test(path);

/** What is wanted of a folder: all of it, or only some entries. */
type Wanted = "all" | Map<string, Wanted>;

interface Listing {
  readonly wanted: Wanted;
  readonly entries: { path: string; entry: TreeEntry }[];
}

function wantedOf(paths: readonly string[]): Wanted {
  const top: Map<string, Wanted> = new Map();
  for (const path of paths) {
    let at = top;
    const parts = path.split("/");
    for (const [index, part] of parts.entries()) {
      const below = at.get(part);
      if (below === "all") break;
      if (index === parts.length - 1) at.set(part, "all");
      else if (below !== undefined) at = below;
      else {
        const next: Map<string, Wanted> = new Map();
        at.set(part, next);
        at = next;
      }
    }
  }
  return top;
}

interface ReadFile {
  readonly file: TreeFile;
  readonly content?: Buffer;
  readonly sha256?: string;
  readonly head?: Buffer;
}

/** Keeps the content and its size. */
function keep(read: { content?: Buffer; size: number }): BlobSink {
  return collect((content) => {
    read.content = content;
    read.size = content.length;
  });
}

/** Keeps the size, the hash and the first bytes, and the content of a small file. */
function keepSome(read: { content?: Buffer; sha256?: string; head?: Buffer; size: number }): BlobSink {
  const chunks: Buffer[] = [];
  const hash = hashSink((sha256, head) => {
    read.sha256 = sha256;
    read.head = head;
    if (read.size <= KEPT_BYTES) read.content = Buffer.concat(chunks);
  });
  return {
    write(chunk) {
      read.size += chunk.length;
      if (read.size <= KEPT_BYTES) chunks.push(chunk);
      hash.write(chunk);
    },
    end: () => hash.end(),
  };
}

/** Some files of a commit, most of which have been read. */
class PartTree implements FileTree {
  readonly commit: string;
  readonly files: ReadonlyMap<string, TreeFile>;
  readonly hasSubmodules: boolean;
  readonly #read: ReadonlyMap<string, ReadFile>;
  readonly #objects: ObjectReader;

  constructor(
    { commit, files, hasSubmodules }: { commit: string; files: readonly ReadFile[]; hasSubmodules: boolean },
    objects: ObjectReader,
  ) {
    this.commit = commit;
    this.hasSubmodules = hasSubmodules;
    this.files = indexFiles(files.map(({ file }) => file));
    this.#read = new Map(files.map((file) => [file.file.path, file]));
    this.#objects = objects;
  }

  async read(paths: readonly string[], receive: Receive): Promise<void> {
    for (const [index, path] of paths.entries()) {
      const known = this.#read.get(path)?.content;
      if (known !== undefined) receive(path, known, index);
      else
        await this.#objects.stream(
          this.#oid(path),
          collect((content) => receive(path, content, index)),
        );
    }
  }

  async hash(paths: readonly string[], look?: (path: string, head: Buffer) => void): Promise<Map<string, string>> {
    const hashes = new Map<string, string>();
    for (const path of paths) {
      const known = this.#read.get(path);
      if (this.files.get(path)?.mode === "120000") {
        hashes.set(path, known?.content?.toString("utf8") ?? "");
        continue;
      }
      const done = (sha256: string, head: Buffer) => {
        hashes.set(path, sha256);
        look?.(path, head);
      };
      if (known?.sha256 !== undefined && known.head !== undefined) done(known.sha256, known.head);
      else await this.#objects.stream(this.#oid(path), hashSink(done));
    }
    return hashes;
  }

  copy(_requests: readonly FileCopy[]): Promise<void> {
    throw new Error("a plan copies nothing");
  }

  #oid(path: string): string {
    const oid = this.files.get(path)?.oid;
    if (oid === undefined) throw new Error(`not a file of the tree: ${path}`);
    return oid;
  }
}
