import { gitFailure, runGit } from "./git.js";
import { CATALOGUE_PATHS } from "./tree.js";

/**
 * The catalogue's paths in which two commits differ, in no particular order; a rename counts as both its paths. Both
 * must come from resolveCommit. Throws TreeError.
 */
export async function changedPaths(directory: string, from: string, to: string): Promise<string[]> {
  if (from === to) return [];
  const options = ["-r", "-z", "--name-only", "--no-renames", "--relative"];
  const output = await runGit(directory, ["diff-tree", ...options, from, to, "--", ...CATALOGUE_PATHS]);
  if (output.exitCode !== 0) throw gitFailure(directory, "git diff-tree failed", output);
  return output.stdout
    .toString("utf8")
    .split("\0")
    .filter((path) => path !== "");
}

/** Whether a commit is (still) in the repository. */
export async function hasCommit(directory: string, commit: string): Promise<boolean> {
  return (await runGit(directory, ["cat-file", "-e", `${commit}^{commit}`])).exitCode === 0;
}
