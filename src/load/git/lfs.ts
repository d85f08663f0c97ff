import { statSync } from "node:fs";
import { copyFile, rm } from "node:fs/promises";
import { join, resolve } from "node:path";
import { hashFile } from "../../system/hash-file.js";
import { runGit } from "./git.js";
import { type FileCopy, type FileTree, type Receive, TreeError, type TreeFile } from "./tree.js";
import { fileWriter, makeDirectories } from "./write-file.js";

/** What stands in Git for a file that Git LFS keeps (git-lfs, docs/spec.md). */
export interface LfsPointer {
  /** The SHA-256 of the content, 64 hex digits. */
  readonly oid: string;
  /** Bytes of the content. */
  readonly size: number;
}

const POINTER =
  /^version https:\/\/(?:git-lfs\.github\.com|hawser\.github\.com)\/spec\/v1\n(?:ext-[^\n]*\n)*oid sha256:([0-9a-f]{64})\nsize ([0-9]{1,15})\n/;

/** By the first bytes of a file; undefined: it is a file like any other. */
export function lfsPointer(head: Buffer): LfsPointer | undefined {
  const [, oid, size] = POINTER.exec(head.toString("latin1", 0, 1024)) ?? [];
  return oid === undefined ? undefined : { oid, size: Number(size) };
}

/**
 * A tree in which a pointer of Git LFS stands for its content: the content's hash is in the pointer, so a key needs no more than that, and it is the same
 * in every clone. `read` gives pointers as they are. Copying takes the content from the working tree or from the storage of Git LFS.
 */
export function withLfs(tree: FileTree, directory: string): FileTree {
  return new LfsTree(tree, directory);
}

class LfsTree implements FileTree {
  readonly #tree: FileTree;
  readonly #directory: string;
  /** undefined: it was looked at, and is none. */
  readonly #pointers = new Map<string, LfsPointer | undefined>();
  #storage: Promise<string> | undefined;

  constructor(tree: FileTree, directory: string) {
    this.#tree = tree;
    this.#directory = directory;
  }

  get commit(): string | null {
    return this.#tree.commit;
  }

  get files(): ReadonlyMap<string, TreeFile> {
    return this.#tree.files;
  }

  read(paths: readonly string[], receive: Receive): Promise<void> {
    return this.#tree.read(paths, receive);
  }

  async hash(paths: readonly string[], look?: (path: string, head: Buffer) => void): Promise<Map<string, string>> {
    const hashes = await this.#tree.hash(paths, (path, head) => {
      const pointer = lfsPointer(head);
      this.#pointers.set(path, pointer);
      // The first bytes of what is not here are unknown.
      if (pointer === undefined) look?.(path, head);
    });
    for (const path of hashes.keys()) hashes.set(path, this.#pointers.get(path)?.oid ?? (hashes.get(path) as string));
    return hashes;
  }

  async copy(requests: readonly FileCopy[]): Promise<void> {
    const unknown = requests.map(({ from }) => from).filter((path) => !this.#pointers.has(path));
    if (unknown.length > 0) await this.hash([...new Set(unknown)]);
    const isPointer = ({ from }: FileCopy) => this.#pointers.get(from) !== undefined;
    await this.#tree.copy(requests.filter((request) => !isPointer(request)));
    const pointers = requests.filter(isPointer);
    makeDirectories(pointers);
    for (const request of pointers) await this.#copyContent(request, this.#pointers.get(request.from) as LfsPointer);
  }

  async absentContent(paths: readonly string[]): Promise<readonly string[]> {
    const absent: string[] = [];
    for (const path of paths) {
      const pointer = this.#pointers.get(path);
      if (pointer !== undefined && (await this.#sources(path, pointer)).length === 0) absent.push(path);
    }
    return absent;
  }

  async #copyContent({ from, to }: FileCopy, pointer: LfsPointer): Promise<void> {
    for (const source of await this.#sources(from, pointer)) {
      fileWriter(to, this.files.get(from)?.mode ?? "100644").end();
      await copyFile(source, to);
      if ((await hashFile(to)).sha256 === pointer.oid) return;
      await rm(to);
    }
    throw new TreeError("unreadable", absentLfs(from, pointer), `fetch it: ${LFS_PULL}`);
  }

  /** Files that have the right size. */
  async #sources(path: string, { oid, size }: LfsPointer): Promise<readonly string[]> {
    this.#storage ??= lfsStorage(this.#directory);
    const stored = join(await this.#storage, oid.slice(0, 2), oid.slice(2, 4), oid);
    return [stored, join(this.#directory, path)].filter((file) => {
      const stats = statSync(file, { throwIfNoEntry: false });
      return stats?.isFile() && stats.size === size;
    });
  }
}

/** The command that fetches what is not here. */
export const LFS_PULL = "git lfs pull";

const absentLfs = (path: string, { oid, size }: LfsPointer) =>
  `${path} is a pointer of Git LFS, and its content (${size} bytes, sha256 ${oid}) is not on this machine`;

/** `lfs.storage` of git-lfs-config(5), by default the repository's own directory. */
async function lfsStorage(directory: string): Promise<string> {
  const [common, config] = await Promise.all([
    runGit(directory, ["rev-parse", "--git-common-dir"]),
    runGit(directory, ["config", "--get", "--type=path", "lfs.storage"]),
  ]);
  const git = resolve(directory, common.stdout.toString("utf8").replace(/\n$/, ""));
  const storage = config.exitCode === 0 ? config.stdout.toString("utf8").replace(/\n$/, "") : "lfs";
  return join(resolve(git, storage), "objects");
}
