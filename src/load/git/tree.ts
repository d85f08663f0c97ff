import type { FileMode } from "../../model/catalogue.js";
import { MAX_FILES } from "../limits.js";

/** A file of a tree. Paths are relative to the catalogue, with `/` between parts. */
export interface TreeFile {
  readonly path: string;
  readonly mode: FileMode;
  /** Bytes; for a symbolic link the length of its target. */
  readonly size: number;
  /** Git object name of the content, if it is known without reading the file. */
  readonly oid?: string;
}

export interface FileCopy {
  /** Path in the tree. */
  readonly from: string;
  /** Path in the file system; a missing directory is created. */
  readonly to: string;
}

/** Called once per file, in the order of the paths; `index` counts them. A symbolic link's content is its target. */
export type Receive = (path: string, content: Buffer, index: number) => void;

/** The files of one catalogue, from a Git commit or the working tree. All paths must be paths of `files`. */
export interface FileTree {
  /** 40 hex digits (64 in a SHA-256 repository); null: the working tree. */
  readonly commit: string | null;
  /** By path, in the order of paths. */
  readonly files: ReadonlyMap<string, TreeFile>;
  /** Reads whole files into memory: check `size` first. Throws TreeError. */
  read(paths: readonly string[], receive: Receive): Promise<void>;
  /**
   * 64 hex digits of SHA-256 per file; for a symbolic link its target. Files are streamed; `look` is given the first 256 bytes of
   * each, so that nothing has to be read again for them. Throws TreeError.
   */
  hash(paths: readonly string[], look?: (path: string, head: Buffer) => void): Promise<Map<string, string>>;
  /**
   * Writes files and symbolic links with the modes of the tree (0644, 0755), replacing existing ones. Throws
   * TreeError.
   */
  copy(requests: readonly FileCopy[]): Promise<void>;
  /** Of these files, which `hash` has seen, those whose content is kept elsewhere (Git LFS) and not on this machine. Left out: none. */
  absentContent?(paths: readonly string[]): Promise<readonly string[]>;
  /** Paths of submodules whose files are not on this machine. Left out: none. */
  readonly absentSubmodules?: readonly string[];
  /** Whether some files are, or would be, those of submodules. Left out: false. */
  readonly hasSubmodules?: boolean;
}

/** The parts of a repository that belong to a catalogue. Nothing else is read. */
export const CATALOGUE_PATHS = [
  "slipway.yaml",
  "slipway.yml",
  "slipway.lock",
  "images",
  "catalog",
  "policies",
] as const;

export type TreeErrorCode =
  | "git-missing"
  | "git-failed"
  | "not-a-repository"
  | "not-a-directory"
  | "unknown-ref"
  | "too-many-files"
  | "unreadable";

/** The tree as a whole cannot be read; there is no file to point at. */
export class TreeError extends Error {
  override readonly name = "TreeError";
  constructor(
    readonly code: TreeErrorCode,
    message: string,
    readonly hint?: string,
  ) {
    super(message);
  }
}

/** Files by path, in the order of UTF-16 units: the same for both kinds of tree. Throws TreeError above MAX_FILES. */
export function indexFiles(files: TreeFile[]): Map<string, TreeFile> {
  if (files.length > MAX_FILES) throw tooManyFiles(files.length);
  files.sort((a, b) => (a.path < b.path ? -1 : 1));
  const map = new Map<string, TreeFile>();
  for (const file of files) map.set(file.path, file);
  return map;
}

export function tooManyFiles(count: number): TreeError {
  return new TreeError("too-many-files", `the catalogue has ${count} files; at most ${MAX_FILES} are allowed`);
}
