import { gitFailure, runGit } from "./git.js";
import { CATALOGUE_PATHS } from "./tree.js";

export interface ChangedPath {
  readonly path: string;
  /** A file is there in both commits, in other content or mode. */
  readonly isModified: boolean;
}

/**
 * The catalogue's paths in which two commits differ, in no particular order; a rename counts as both its paths. Both
 * must come from resolveCommit. Throws TreeError.
 */
export async function changedPaths(directory: string, from: string, to: string): Promise<ChangedPath[]> {
  if (from === to) return [];
  const options = ["-r", "-z", "--name-status", "--no-renames", "--relative"];
  const output = await runGit(directory, ["diff-tree", ...options, from, to, "--", ...CATALOGUE_PATHS]);
  if (output.exitCode !== 0) throw gitFailure(directory, "git diff-tree failed", output);
  const words = output.stdout.toString("utf8").split("\0");
  const changed: ChangedPath[] = [];
  for (let at = 0; at + 1 < words.length; at += 2)
    changed.push({ path: words[at + 1] as string, isModified: words[at] === "M" });
  return changed;
}

/** Whether a commit is (still) in the repository. */
export async function hasCommit(directory: string, commit: string): Promise<boolean> {
  return (await runGit(directory, ["cat-file", "-e", `${commit}^{commit}`])).exitCode === 0;
}
