import type { SimpleGit } from "simple-git";
import { ForgeError } from "./ensure.js";
import type { Pull } from "./pull.js";

/** Names under which fetched commits are kept in the local repository. */
const TIP = "refs/slipway/tip";
const HEAD = "refs/slipway/head";

/**
 * Brings the commits of a pull request and of its base branch into the local repository, as data: nothing is checked out.
 * Gives their object names. Raises ForgeError where Git cannot reach the forge, or the head has moved on.
 */
export async function fetchPull(git: SimpleGit, remote: string, pull: Pull): Promise<{ tip: string; head: string }> {
  const refs = [`+refs/heads/${pull.baseBranch}:${TIP}`, `+refs/pull/${pull.number}/head:${HEAD}`];
  try {
    await git.raw(["fetch", "--quiet", "--no-tags", "--end-of-options", remote, ...refs]);
  } catch (error) {
    const said = error instanceof Error ? error.message.trim().split("\n")[0] : String(error);
    throw new ForgeError(`could not fetch pull request ${pull.number}: ${said}`, 0, { cause: error });
  }
  const [tip, head] = await Promise.all([TIP, HEAD].map(async (ref) => (await git.revparse(ref)).trim()));
  if (head !== pull.head) throw new ForgeError(`pull request ${pull.number} has just got new commits`, 0);
  return { tip: tip as string, head };
}
