import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { GitError } from "simple-git";
import { ForgeError } from "./ensure.js";
import { type GitAccess, type GitInvocation, openGit } from "./git-access.js";

/** Anyone else who adds a commit to an update branch owns it from then on. `.invalid` (RFC 2606): nobody has this address. */
const COMMITTER = { name: "Slipway", email: "slipway@noreply.invalid" };

export interface RemoteOptions extends GitAccess {
  /** The catalogue's directory, in a clone of the repository. Nothing is checked out, and no ref of the clone changes. */
  readonly directory: string;
  /** The URL of the repository, without credentials. */
  readonly url: string;
}

/** Content of files below the catalogue's directory, by path. */
export type Files = ReadonlyMap<string, string>;

export interface Push {
  readonly branch: string;
  /** undefined: the branch is removed. */
  readonly commit: string | undefined;
  /** The commit that the branch must have now; undefined: it must not exist. */
  readonly expected: string | undefined;
}

/** The branches of a repository on the forge, changed with plain Git from any clone of it. Throws ForgeError. */
export class Remote {
  readonly #options: RemoteOptions;
  readonly #url: string;

  constructor(options: RemoteOptions) {
    this.#options = options;
    this.#url = options.url;
  }

  /** Commits by branch name, for the branches that match one of some patterns of git-ls-remote(1). */
  async heads(...patterns: readonly string[]): Promise<Map<string, string>> {
    const listed = await this.#git(["ls-remote", "--heads", "--end-of-options", this.#url, ...patterns]);
    const lines = listed.matchAll(/^([0-9a-f]{40,64})\trefs\/heads\/(.+)$/gm);
    return new Map([...lines].map(([, commit = "", branch = ""]) => [branch, commit]));
  }

  /** Fetches commits and everything they contain into the clone. */
  async fetch(commits: readonly string[]): Promise<void> {
    if (commits.length === 0) return;
    const options = ["--quiet", "--no-tags", "--no-write-fetch-head", "--recurse-submodules=no"];
    await this.#git(["fetch", ...options, "--end-of-options", this.#url, ...commits.map(checked)]);
  }

  /** Whose the commits are that a branch has and `tip` lacks. Both must have been fetched. */
  async owner(head: string, tip: string): Promise<"us" | "others" | "nobody"> {
    const range = ["--end-of-options", checked(head), `^${checked(tip)}`];
    const listed = await this.#git(["log", "--format=%ce", "--max-count=1000", ...range]);
    const emails = listed.split("\n").filter((email) => email !== "");
    if (emails.length === 0) return "nobody";
    return emails.every((email) => email === COMMITTER.email) ? "us" : "others";
  }

  /** Makes the tree of a commit with new contents for some of its files. The working tree is not touched. */
  async tree(commit: string, files: Files): Promise<string> {
    const prefix = (await this.#git(["rev-parse", "--show-prefix"])).replace(/\n$/, "");
    const paths = [...files.keys()].map((path) => prefix + path);
    const listed = await this.#git(["ls-tree", "-r", "-z", "--full-tree", checked(commit), "--", ...paths]);
    const modes = new Map(listed.split("\0").map((entry) => [entry.slice(entry.indexOf("\t") + 1), entry.slice(0, 6)]));
    let entries = "";
    for (const [path, text] of files) {
      const blob = checked((await this.#git(["hash-object", "-w", "--stdin"], { input: text })).trim());
      entries += `${modes.get(prefix + path) ?? "100644"} ${blob}\t${prefix}${path}\0`;
    }
    const directory = await mkdtemp(join(tmpdir(), "slipway-index-"));
    const env = { GIT_INDEX_FILE: join(directory, "index") };
    try {
      await this.#git(["read-tree", checked(commit)], { env });
      await this.#git(["update-index", "-z", "--index-info"], { env, input: entries });
      return checked((await this.#git(["write-tree"], { env })).trim());
    } finally {
      await rm(directory, { recursive: true, force: true });
    }
  }

  /**
   * Whether a branch is one commit with exactly the changes from `tip` to `tree`: then it can stay, and so can its approvals. It
   * may have branched off earlier: the contents before the change are compared as well as those after it.
   */
  async isCurrent(head: string, tip: string, tree: string): Promise<boolean> {
    const listed = await this.#git(["rev-list", "--parents", "--max-count=1", checked(head)]);
    const [, parent, ...others] = listed.trim().split(" ");
    if (parent === undefined || others.length > 0) return false;
    const base = await this.#git(["merge-base", "--end-of-options", parent, checked(tip)]);
    if (base.trim() !== parent) return false;
    return (await this.#changes(parent, head)) === (await this.#changes(tip, tree));
  }

  /** Modes, object names and paths, as text to compare. */
  #changes(from: string, to: string): Promise<string> {
    return this.#git(["diff-tree", "-r", "-z", "--end-of-options", checked(from), checked(to)]);
  }

  /** Creates a commit by Slipway, and returns its name. */
  async commit(parent: string, tree: string, message: string): Promise<string> {
    return checked((await this.#git(["commit-tree", "-p", checked(parent), "-m", message, checked(tree)])).trim());
  }

  /**
   * Sets or removes a branch unless somebody else has changed it since. Looks first, and again after a refusal: if the answer to
   * a push is lost, git itself sends it a second time, and that is refused.
   */
  async push({ branch, commit, expected }: Push): Promise<void> {
    const ref = `refs/heads/${branch}`;
    const isDone = async () => (await this.heads(ref)).get(branch) === commit;
    if (await isDone()) return;
    const lease = `--force-with-lease=${ref}:${expected === undefined ? "" : checked(expected)}`;
    const refspec = `${commit === undefined ? "" : checked(commit)}:${ref}`;
    const options = ["--quiet", "--no-verify", "--recurse-submodules=no", lease];
    try {
      await this.#git(["push", ...options, "--end-of-options", this.#url, refspec]);
    } catch (error) {
      if (!(error instanceof ForgeError) || !(await isDone())) throw error;
    }
  }

  async #git(args: readonly string[], { env, input }: GitInvocation = {}): Promise<string> {
    const { directory, signal } = this.#options;
    signal.throwIfAborted();
    try {
      const more = { env: { ...ENV, ...env }, ...(input === undefined ? {} : { input }) };
      return await openGit(directory, this.#options, more).raw([...args]);
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof GitError)) throw error;
      throw new ForgeError(`git ${args[0]}: ${complaint(error.message)}`, statusOf(error.message), { cause: error });
    }
  }
}

/** The configuration of the clone must not change what is read or where it is sent; commits are by Slipway. */
const ENV = {
  GIT_NO_REPLACE_OBJECTS: "1",
  GIT_LITERAL_PATHSPECS: "1",
  GIT_ALLOW_PROTOCOL: "https:http",
  GIT_AUTHOR_NAME: COMMITTER.name,
  GIT_AUTHOR_EMAIL: COMMITTER.email,
  GIT_COMMITTER_NAME: COMMITTER.name,
  GIT_COMMITTER_EMAIL: COMMITTER.email,
};

/** Checks the full name of a commit or blob, so that git cannot take it for anything else. */
function checked(oid: string): string {
  if (/^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(oid)) return oid;
  throw new Error(`not a full object name: ${JSON.stringify(oid)}`);
}

const complaint = (message: string) =>
  message
    .split("\n")
    .map((line) => line.trim())
    .find((line) => /^(?:fatal|error|remote|!)/.test(line)) ?? message.trim().split("\n", 1)[0];

/** An HTTP status for ensure.ts: git itself has exit code 128 for all failures. */
function statusOf(message: string): number {
  const answered = /returned error: ([1-5][0-9][0-9])/.exec(message)?.[1];
  if (answered !== undefined) return Number(answered);
  const lost = /could not resolve|failed to connect|connection|timed out|early eof|rpc failed|hung up|empty reply/i;
  return lost.test(message) ? 503 : 409;
}
