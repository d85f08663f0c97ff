import { gitFailure, runGit } from "./git.js";

/** A file as the index has it. */
export interface IndexEntry {
  /** `100644`, `100755`, `120000`, or `160000` for a submodule. */
  readonly mode: string;
  readonly oid: string;
}

/**
 * The tracked files at some paths and the untracked ones that are not ignored, each with its entry in the index; undefined: it is not tracked,
 * or in conflict. Throws TreeError.
 */
export async function listFiles(
  directory: string,
  paths: readonly string[],
): Promise<ReadonlyMap<string, IndexEntry | undefined>> {
  const options = ["ls-files", "-z", "--stage", "--cached", "--others", "--exclude-standard"];
  const output = await runGit(directory, [...options, "--", ...paths]);
  if (output.exitCode !== 0) throw gitFailure(directory, "git ls-files failed", output);
  const listed = new Map<string, IndexEntry | undefined>();
  for (const line of output.stdout.toString("utf8").split("\0")) {
    if (line === "") continue;
    // git-ls-files(1): `<mode> <object> <stage>\t<path>`; an untracked path stands alone.
    const [, mode = "", oid = "", stage = "", path = line] =
      /^([0-7]{6}) ([0-9a-f]{40}|[0-9a-f]{64}) ([0-3])\t(.*)$/s.exec(line) ?? [];
    // A path in conflict is listed once per stage.
    listed.set(path, stage === "0" ? { mode, oid } : undefined);
  }
  return listed;
}
