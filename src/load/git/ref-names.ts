import { runGit } from "./git.js";

/** Branches, tags and branches of remotes, in the short form in which people write them. None outside of a repository. */
export async function refNames(directory: string): Promise<string[]> {
  const format = "--format=%(refname:strip=2)";
  const output = await runGit(directory, ["for-each-ref", format, "refs/heads", "refs/tags", "refs/remotes"]);
  const names = output.stdout.toString("utf8").split("\n");
  return ["HEAD", ...names.filter((name) => name !== "" && !name.endsWith("/HEAD"))];
}
