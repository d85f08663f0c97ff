import { insideRepository, runGit } from "./git.js";

/** Where a working tree stands in Git. */
export interface WorkState {
  /** undefined: HEAD is detached. */
  readonly branch: string | undefined;
  /** Files below the directory that differ from HEAD, untracked ones included. */
  readonly edits: number;
  /** The branch that changes go to: the remote's main or master, otherwise the local one. undefined: there is none. */
  readonly trunk: string | undefined;
}

/** The state of the repository that a directory is in; undefined: it is in none, or Git does not say. Throws TreeError. */
export async function workState(directory: string): Promise<WorkState | undefined> {
  if (!insideRepository(directory)) return undefined;
  const status = ["status", "--porcelain=v2", "--branch", "--no-renames", "--untracked-files=all", "-z", "--", "."];
  const [state, refs] = await Promise.all([
    runGit(directory, status),
    runGit(directory, ["for-each-ref", "--format=%(refname)", ...TRUNKS]),
  ]);
  if (state.exitCode !== 0) return undefined;
  const lines = state.stdout.toString("utf8").split("\0");
  // git-status(1), "Porcelain Format Version 2": lines about the branch begin with #.
  const head = lines.find((line) => line.startsWith(HEAD))?.slice(HEAD.length);
  const known = new Set(refs.stdout.toString("utf8").split("\n"));
  return {
    branch: head === "(detached)" ? undefined : head,
    edits: lines.filter((line) => /^[12u?] /.test(line)).length,
    trunk: TRUNKS.find((ref) => known.has(ref))?.replace(/^refs\/(?:remotes|heads)\//, ""),
  };
}

const HEAD = "# branch.head ";

/** The first that exists counts. */
const TRUNKS = ["refs/remotes/origin/main", "refs/remotes/origin/master", "refs/heads/main", "refs/heads/master"];
