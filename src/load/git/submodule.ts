import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { runGit } from "./git.js";

/** The mode of a submodule in a tree or index. */
export const SUBMODULE = "160000";

/**
 * The directory of a repository on this machine that has the commit of a submodule: where it is checked out, or where Git keeps it for the
 * superproject. undefined: there is none.
 */
export async function submoduleRepository(
  directory: string,
  path: string,
  commit: string,
): Promise<string | undefined> {
  // A tree that was made by hand can have any path, and no directory of its choice may count as a repository: its settings name programs.
  if (path.split("/").some((part) => ["", ".", ".."].includes(part))) return undefined;
  const checkout = join(directory, path);
  const places = existsSync(join(checkout, ".git")) ? [checkout] : [];
  const output = await runGit(directory, ["rev-parse", "--git-path", "modules", "--show-prefix"]);
  const [modules = "", prefix = ""] = output.stdout.toString("utf8").split("\n");
  // By the name of the submodule, which is the path at which it was added.
  if (output.exitCode === 0) places.push(resolve(directory, modules, prefix + path));
  for (const place of places) {
    if (!existsSync(place)) continue;
    const found = await runGit(place, ["cat-file", "-e", `${commit}^{tree}`]);
    if (found.exitCode === 0) return place;
  }
  return undefined;
}
