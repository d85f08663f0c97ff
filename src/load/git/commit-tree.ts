import type { FileMode } from "../../model/catalogue.js";
import { nearest } from "../../model/nearest.js";
import { type BlobSink, collect, streamBlobs } from "./cat-file.js";
import { gitFailure, runGit } from "./git.js";
import { hashSink } from "./hash-sink.js";
import { joinTrees, type TreePart } from "./joined-tree.js";
import { withLfs } from "./lfs.js";
import { submoduleRepository } from "./submodule.js";
import {
  CATALOGUE_PATHS,
  type FileCopy,
  type FileTree,
  indexFiles,
  type Receive,
  TreeError,
  type TreeFile,
} from "./tree.js";
import { fileWriter, makeDirectories, writeLink } from "./write-file.js";

/**
 * Opens the catalogue of a commit. `directory` is the catalogue's folder: the top of a repository, a folder in it, or a
 * bare repository. Throws TreeError: not-a-repository, unknown-ref, git-missing, too-many-files.
 */
export async function openGitTree(directory: string, ref: string): Promise<FileTree> {
  return openCommit(directory, await resolveCommit(directory, ref));
}

/** Opens the catalogue of a commit from resolveCommit, or only what is at or below some of its paths. */
export async function openCommit(
  directory: string,
  commit: string,
  paths: readonly string[] = CATALOGUE_PATHS,
): Promise<FileTree> {
  // Without --full-tree the paths are those below the current directory, relative to it: just the catalogue's.
  const pathspecs = paths.length > MAX_PATHSPECS ? CATALOGUE_PATHS : paths;
  const listing = await runGit(directory, ["ls-tree", "-r", "-z", "--long", commit, "--", ...pathspecs]);
  if (listing.exitCode !== 0) throw gitFailure(directory, "git ls-tree failed", listing);
  const { files, submodules } = parseListing(listing.stdout.toString("utf8"));
  const own = new GitTree(directory, commit, pathspecs === paths ? files : only(files, new Set(paths)));
  return withSubmodules(withLfs(own, directory), directory, submodules);
}

/** A commit with the files of its submodules, each at the commit that is recorded, as far as they are on this machine. */
async function withSubmodules(tree: FileTree, directory: string, submodules: ReadonlyMap<string, string>) {
  const parts: TreePart[] = [];
  const absent: string[] = [];
  for (const [at, commit] of submodules) {
    const repository = await submoduleRepository(directory, at, commit);
    if (repository === undefined) absent.push(at);
    else parts.push({ at, tree: await openCommit(repository, commit, ["."]) });
  }
  return joinTrees(tree, parts, absent);
}

/**
 * The catalogue of a commit (or of the tree that a merge would give) in the form in which it is judged: with the
 * `policies/` of another commit, so that no change can approve itself.
 */
export async function openJudged(directory: string, treeish: string, policiesOf: string): Promise<FileTree> {
  const [own, policies] = await Promise.all([
    openCommit(
      directory,
      treeish,
      CATALOGUE_PATHS.filter((path) => path !== POLICIES),
    ),
    openCommit(directory, policiesOf, [POLICIES]),
  ]);
  return joinTrees(own, [{ at: "", tree: policies }]);
}

const POLICIES = "policies";

/** git compares every path with every pathspec: with more of them, listing everything is faster. */
const MAX_PATHSPECS = 300;

/** The files at or below some paths. */
function only(files: ReadonlyMap<string, TreeFile>, paths: ReadonlySet<string>): Map<string, TreeFile> {
  const isIn = (path: string): boolean => {
    for (let at = path.length; at > 0; at = path.lastIndexOf("/", at - 1))
      if (paths.has(path.slice(0, at))) return true;
    return false;
  };
  return new Map([...files].filter(([path]) => isIn(path)));
}

/** The full object name of the commit that a branch, tag or other revision names. Throws TreeError. */
export async function resolveCommit(directory: string, ref: string): Promise<string> {
  // A NUL cannot be passed to a program at all; an empty ref would mean HEAD to some git versions.
  if (ref === "" || ref.includes("\0")) throw new TreeError("unknown-ref", "the ref is not a valid name");
  const verify = ["rev-parse", "--verify", "--quiet", "--end-of-options", `${ref}^{commit}`];
  const output = await runGit(directory, verify);
  const commit = output.stdout.toString("latin1").trim();
  if (output.exitCode === 0 && /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(commit)) return commit;
  throw await unknownRef(directory, ref);
}

async function unknownRef(directory: string, ref: string): Promise<TreeError> {
  const names = await runGit(directory, ["for-each-ref", "--format=%(refname:short)"]);
  if (names.exitCode !== 0) return gitFailure(directory, "git for-each-ref failed", names);
  const known = nearest(ref, names.stdout.toString("utf8").split("\n"));
  const shallow = await runGit(directory, ["rev-parse", "--is-shallow-repository"]);
  const message = `there is no commit ${JSON.stringify(ref)} in this repository`;
  const history = await runGit(directory, ["rev-list", "--all", "--max-count=1"]);
  if (history.exitCode === 0 && history.stdout.length === 0)
    return new TreeError("unknown-ref", message, "it has no commits yet: git commit makes the first one");
  if (known !== undefined && known !== ref) return new TreeError("unknown-ref", message, `did you mean ${known}?`);
  if (shallow.stdout.toString("latin1").trim() === "true") {
    return new TreeError("unknown-ref", message, "this is a shallow clone: fetch the whole history (fetch-depth: 0)");
  }
  return new TreeError("unknown-ref", message, "git branch --all and git tag list the names there are");
}

interface Listing {
  readonly files: Map<string, TreeFile>;
  /** Their commits by path. */
  readonly submodules: ReadonlyMap<string, string>;
}

/** Format of `git ls-tree -z --long`: `<mode> <type> <oid> <size padded on the left>\t<path>\0`. */
function parseListing(text: string): Listing {
  const files: TreeFile[] = [];
  const submodules = new Map<string, string>();
  for (let start = 0; start < text.length; ) {
    const tab = text.indexOf("\t", start);
    const end = text.indexOf("\0", tab);
    const mode = text.slice(start, start + 6);
    if (mode === "160000") submodules.set(text.slice(tab + 1, end), text.slice(start, tab).split(" ")[2] ?? "");
    else if (mode.startsWith("1")) {
      const oidStart = start + "100644 blob ".length;
      const oidEnd = text.indexOf(" ", oidStart);
      const size = Number(text.slice(oidEnd, tab));
      files.push({ path: text.slice(tab + 1, end), mode: fileMode(mode), size, oid: text.slice(oidStart, oidEnd) });
    }
    start = end + 1;
  }
  return { files: indexFiles(files), submodules };
}

function fileMode(mode: string): FileMode {
  // Old repositories hold 100664 and the like, which git itself treats as 100644.
  return mode === "120000" || mode === "100755" ? mode : "100644";
}

export class GitTree implements FileTree {
  constructor(
    readonly directory: string,
    readonly commit: string,
    readonly files: ReadonlyMap<string, TreeFile>,
  ) {}

  read(paths: readonly string[], receive: Receive): Promise<void> {
    return this.#stream(paths, (path, index) => collect((content) => receive(path, content, index)));
  }

  async hash(paths: readonly string[], look?: (path: string, head: Buffer) => void): Promise<Map<string, string>> {
    const hashes = new Map<string, string>();
    await this.#stream(paths, (path) => {
      if (this.#file(path).mode === "120000") return collect((content) => hashes.set(path, content.toString("utf8")));
      return hashSink((sha256, head) => {
        hashes.set(path, sha256);
        look?.(path, head);
      });
    });
    return hashes;
  }

  copy(requests: readonly FileCopy[]): Promise<void> {
    makeDirectories(requests);
    const paths = requests.map((request) => request.from);
    return this.#stream(paths, (path, index) => {
      const { mode } = this.#file(path);
      const to = requests[index]?.to ?? "";
      return mode === "120000" ? collect((content) => writeLink(to, content)) : fileWriter(to, mode);
    });
  }

  #stream(paths: readonly string[], open: (path: string, index: number) => BlobSink): Promise<void> {
    const oids = paths.map((path) => this.#file(path).oid ?? "");
    return streamBlobs(this.directory, oids, (index) => open(paths[index] ?? "", index));
  }

  #file(path: string): TreeFile {
    const file = this.files.get(path);
    if (file === undefined) throw new Error(`not a file of the tree: ${path}`);
    return file;
  }
}
