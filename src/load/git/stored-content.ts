import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { homedir, tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { collect, streamBlobs } from "./cat-file.js";
import { GitTree } from "./commit-tree.js";
import { ended, gitFailure, runGit, startGit } from "./git.js";
import type { IndexEntry } from "./list-files.js";
import { MemoryTree } from "./memory-tree.js";
import { type FileTree, indexFiles, TreeError, type TreeFile } from "./tree.js";

/** Bytes: a changed file that is larger counts as it is on the disk. */
const MOST_BYTES = 64 * 1024 * 1024;

/**
 * The files of a working tree whose content on the disk may differ from what Git would commit, as Git would commit them: line ends,
 * keywords, encodings and filters are matters of one clone (gitattributes(5), core.autocrlf), and an image must not depend on it. None where
 * nothing of that kind is set up, which is told by two commands that read no files.
 */
export async function storedContent(
  directory: string,
  listed: ReadonlyMap<string, IndexEntry | undefined>,
  files: ReadonlyMap<string, TreeFile>,
): Promise<readonly FileTree[]> {
  const [places, config] = await Promise.all([placesOf(directory), configOf(directory)]);
  if (!mayConvert(directory, { places, config, files })) return [];
  const modified = await modifiedFiles(directory);
  const same: TreeFile[] = [];
  const changed: TreeFile[] = [];
  for (const file of files.values()) {
    const entry = listed.get(file.path);
    if (entry !== undefined && !modified.has(file.path)) same.push(stored(file, entry, config));
    else if (file.mode !== "120000" && file.size <= MOST_BYTES) changed.push(file);
  }
  const converted = await convert(places, changed);
  const contents = changed.map((file, index): [TreeFile, Buffer] => [file, converted[index] ?? Buffer.alloc(0)]);
  return [new GitTree(directory, "", indexFiles(same)), new MemoryTree(contents)];
}

/** A file system without the executable bit or symbolic links shows other modes (git-config(1), core.fileMode, core.symlinks). */
function stored(file: TreeFile, { mode, oid }: IndexEntry, config: Configuration): TreeFile {
  const isPlain = config.filemode === "false" || mode === "120000";
  return isPlain && (mode === "120000" || mode === "100755" || mode === "100644")
    ? { ...file, mode, oid }
    : { ...file, oid };
}

interface Places {
  /** The top of the working tree. */
  readonly top: string;
  /** The directory in it: "" or `path/to/`. */
  readonly prefix: string;
  /** $GIT_DIR/info/attributes. */
  readonly attributes: string;
}

async function placesOf(directory: string): Promise<Places> {
  const args = ["rev-parse", "--show-toplevel", "--show-prefix", "--git-path", "info/attributes"];
  const output = await runGit(directory, args);
  if (output.exitCode !== 0) throw gitFailure(directory, "git rev-parse failed", output);
  const [top = "", prefix = "", attributes = ""] = output.stdout.toString("utf8").split("\n");
  return { top, prefix, attributes: resolve(directory, attributes) };
}

/** Lower-case names without `core.`. */
type Configuration = Readonly<Record<string, string>>;

async function configOf(directory: string): Promise<Configuration> {
  const pattern = "^core\\.(autocrlf|attributesfile|filemode|symlinks)$";
  const output = await runGit(directory, ["config", "-z", "--get-regexp", pattern]);
  const values = output.stdout.toString("utf8").split("\0");
  return Object.fromEntries(
    values.map((line) => {
      const [name = "", value = "true"] = line.split("\n");
      return [name.slice("core.".length), value];
    }),
  );
}

const OFF = ["false", "no", "off", "0", ""];

function mayConvert(
  directory: string,
  found: { readonly places: Places; readonly config: Configuration; readonly files: ReadonlyMap<string, TreeFile> },
): boolean {
  const { places, config, files } = found;
  if (!OFF.includes((config.autocrlf ?? "false").toLowerCase())) return true;
  if (config.filemode === "false" || config.symlinks === "false") return true;
  const home = process.env.HOME ?? homedir();
  const own = config.attributesfile?.replace(/^~\//, `${home}/`);
  const general = join(process.env.XDG_CONFIG_HOME || join(home, ".config"), "git", "attributes");
  const above: string[] = [];
  for (let at = resolve(directory); at.length >= places.top.length; at = dirname(at)) {
    above.push(join(at, ".gitattributes"));
    if (dirname(at) === at) break;
  }
  if ([...above, places.attributes, own ?? general, "/etc/gitattributes"].some((path) => existsSync(path))) return true;
  return [...files.keys()].some((path) => path.endsWith("/.gitattributes"));
}

/** Files that differ from the index, or may, by what lstat(2) says of them. */
async function modifiedFiles(directory: string): Promise<ReadonlySet<string>> {
  const output = await runGit(directory, ["diff-files", "-z", "--name-only", "--relative", "--ignore-submodules"]);
  if (output.exitCode !== 0) throw gitFailure(directory, "git diff-files failed", output);
  return new Set(output.stdout.toString("utf8").split("\0"));
}

/**
 * What `git add` would store, in the order of the files. The objects go to a directory of their own, not into the repository. Git LFS is
 * left out: what it would store is a pointer to what is on the disk.
 */
async function convert({ top, prefix }: Places, files: readonly TreeFile[]): Promise<readonly Buffer[]> {
  if (files.length === 0) return [];
  const objects = await mkdtemp(join(tmpdir(), "slipway-objects-"));
  const env = { GIT_OBJECT_DIRECTORY: objects };
  try {
    const child = startGit(top, [...WITHOUT_LFS, "hash-object", "-w", "--stdin-paths"], env);
    const output: Buffer[] = [];
    child.stdout.on("data", (chunk: Buffer) => output.push(chunk));
    child.stdin.end(files.map(({ path }) => `${quoted(prefix + path)}\n`).join(""));
    const { exitCode, stderr } = await ended(child, top);
    if (exitCode !== 0) throw notConverted(stderr);
    const oids = Buffer.concat(output).toString("latin1").trim().split("\n");
    const contents: Buffer[] = [];
    await streamBlobs(top, oids, () => collect((content) => contents.push(content)), env);
    return contents;
  } finally {
    await rm(objects, { recursive: true, force: true });
  }
}

const WITHOUT_LFS = ["clean=", "process=", "required=false"].flatMap((setting) => ["-c", `filter.lfs.${setting}`]);

/** As Git reads paths from its standard input: one that begins with a quotation mark is a string in the manner of C. */
const quoted = (path: string) =>
  /^"|\n/.test(path) ? `"${path.replace(/["\\]/g, "\\$&").replaceAll("\n", "\\n")}"` : path;

function notConverted(stderr: string): TreeError {
  const reason = /^fatal: (.*)$/m.exec(stderr)?.[1] ?? stderr.split("\n", 1)[0];
  const hint = "git add says the same: repair the filter that .gitattributes names, or the file";
  return new TreeError("git-failed", `Git cannot tell what it would commit: ${reason}`, hint);
}
