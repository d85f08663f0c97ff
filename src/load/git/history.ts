import { gitFailure, runGit } from "./git.js";
import { TreeError } from "./tree.js";

/*
 * What lies between two commits. Commits must come from resolveCommit: a full object name cannot be an option or the
 * abbreviation of something else.
 */

/** The commit where two lines of history part. Throws TreeError: unknown-ref if they have nothing in common. */
export async function mergeBase(directory: string, ours: string, theirs: string): Promise<string> {
  const output = await runGit(directory, ["merge-base", ours, theirs]);
  const commit = output.stdout.toString("latin1").split("\n")[0] ?? "";
  if (output.exitCode === 0 && commit !== "") return commit;
  if (output.exitCode !== 1) throw gitFailure(directory, "git merge-base failed", output);
  throw new TreeError(
    "unknown-ref",
    `${ours.slice(0, 12)} and ${theirs.slice(0, 12)} have no common history here`,
    "in a shallow clone fetch the whole history (fetch-depth: 0)",
  );
}

/** How many commits `to` has that `from` lacks. */
export async function commitsBetween(directory: string, from: string, to: string): Promise<number> {
  const output = await runGit(directory, ["rev-list", "--count", `${from}..${to}`]);
  if (output.exitCode !== 0) throw gitFailure(directory, "git rev-list failed", output);
  return Number(output.stdout.toString("latin1"));
}

/**
 * All paths of the repository in which two commits differ, from its top, in order; a rename counts as both its paths.
 */
export async function changedRepositoryPaths(directory: string, from: string, to: string): Promise<string[]> {
  const options = ["-r", "-z", "--name-only", "--no-renames", "--no-relative"];
  const output = await runGit(directory, ["diff-tree", ...options, from, to]);
  if (output.exitCode !== 0) throw gitFailure(directory, "git diff-tree failed", output);
  return splitNul(output.stdout).sort();
}

export interface MergedTree {
  /** Object name of the tree that a merge gives; conflicts leave their markers in it. */
  readonly tree: string;
  /** Paths that do not merge. */
  readonly conflicts: readonly string[];
}

/** What a merge would give, without touching any file (git-merge-tree(1), --write-tree: Git 2.38 and later). */
export async function mergeTrees(directory: string, ours: string, theirs: string): Promise<MergedTree> {
  const options = ["--write-tree", "-z", "--name-only", "--no-messages"];
  const output = await runGit(directory, ["merge-tree", ...options, ours, theirs]);
  if (output.exitCode > 1) throw gitFailure(directory, "git merge-tree failed", output);
  const [tree = "", ...conflicts] = splitNul(output.stdout);
  return { tree, conflicts };
}

/** The directory's place in its repository: "" at the top, otherwise `path/to`. */
export async function repositoryPrefix(directory: string): Promise<string> {
  const output = await runGit(directory, ["rev-parse", "--show-prefix"]);
  if (output.exitCode !== 0) throw gitFailure(directory, "git rev-parse failed", output);
  return output.stdout.toString("utf8").replace(/\/?\n$/, "");
}

/** The text of a file of a commit, by its path from the repository's top; undefined: there is no such file. */
export async function fileOfCommit(directory: string, commit: string, path: string): Promise<string | undefined> {
  const output = await runGit(directory, ["cat-file", "blob", `${commit}:${path}`]);
  return output.exitCode === 0 ? output.stdout.toString("utf8") : undefined;
}

const splitNul = (output: Buffer) =>
  output
    .toString("utf8")
    .split("\0")
    .filter((path) => path !== "");
