import type { SimpleGit } from "simple-git";
import { ForgeError } from "./ensure.js";
import type { Pull } from "./pull.js";

/** Names under which fetched commits are kept in the local repository. */
const TIP = "refs/slipway/tip";
const HEAD = "refs/slipway/head";

/**
 * Brings the commits of a pull request and of its base branch into the local repository, as data: nothing is checked out.
 * Gives their object names; undefined: the head has moved on. Raises ForgeError where Git cannot reach the forge.
 */
export async function fetchPull(
  git: SimpleGit,
  remote: string,
  pull: Pull,
): Promise<{ readonly tip: string; readonly head: string } | undefined> {
  const refs = [`+refs/heads/${pull.baseBranch}:${TIP}`, `+refs/pull/${pull.number}/head:${HEAD}`];
  try {
    await git.raw(["fetch", "--quiet", "--no-tags", "--end-of-options", remote, ...refs]);
  } catch (error) {
    const said = error instanceof Error ? error.message.trim().split("\n")[0] : String(error);
    // Git does not tell what may be over in a moment from what lasts: 503 has it tried again.
    throw new ForgeError(`could not fetch pull request ${pull.number}: ${said}`, 503, { cause: error });
  }
  const [tip, head] = await Promise.all([TIP, HEAD].map(async (ref) => (await git.revparse(ref)).trim()));
  return head === pull.head ? { tip: tip as string, head } : undefined;
}
