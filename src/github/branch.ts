import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { GitError } from "simple-git";
import { ForgeError } from "./ensure.js";
import { type GitAccess, type GitInvocation, openGit } from "./git-access.js";

/** Whoever else has a commit on a branch of updates owns it from then on. `.invalid` (RFC 2606): nobody has this address. */
const COMMITTER = { name: "Slipway", email: "slipway@noreply.invalid" };

export interface RemoteOptions extends GitAccess {
  /** The catalogue's directory, in a clone of the repository. Nothing is checked out, no ref of it changes. */
  readonly directory: string;
  /** `OWNER/NAME`. */
  readonly repository: string;
}

/** Content of files below the catalogue's directory, by path. */
export type Files = ReadonlyMap<string, string>;

export interface CommitRequest {
  /** 40 hex digits, and so are all commits here. */
  readonly parent: string;
  readonly files: Files;
  readonly message: string;
}

export interface Push {
  readonly branch: string;
  /** undefined: the branch is removed. */
  readonly commit: string | undefined;
  /** What the branch must be now; undefined: it must not exist. */
  readonly expected: string | undefined;
}

/** The branches of a repository on the forge, written with plain Git from any clone of it. Throws ForgeError. */
export class Remote {
  readonly #options: RemoteOptions;
  readonly #url: string;

  constructor(options: RemoteOptions) {
    this.#options = options;
    this.#url = `${options.serverUrl.replace(/\/+$/, "")}/${options.repository}.git`;
  }

  /** Commits by branch name, for the branches that match one of some patterns of git-ls-remote(1). */
  async heads(...patterns: readonly string[]): Promise<Map<string, string>> {
    const listed = await this.#git(["ls-remote", "--heads", "--end-of-options", this.#url, ...patterns]);
    const found = listed.matchAll(/^([0-9a-f]{40,64})\trefs\/heads\/(.+)$/gm);
    return new Map([...found].map(([, commit = "", branch = ""]) => [branch, commit]));
  }

  /** Gets commits with all that belongs to them into the clone. */
  async fetch(commits: readonly string[]): Promise<void> {
    if (commits.length === 0) return;
    const options = ["--quiet", "--no-tags", "--no-write-fetch-head", "--recurse-submodules=no"];
    await this.#git(["fetch", ...options, "--end-of-options", this.#url, ...commits.map(checked)]);
  }

  /** Whose commits a branch has that `tip` lacks. Both must have been fetched. */
  async owner(head: string, tip: string): Promise<"us" | "others" | "nobody"> {
    const range = ["--end-of-options", checked(head), `^${checked(tip)}`];
    const listed = await this.#git(["log", "--format=%ce", "--max-count=1000", ...range]);
    const emails = listed.split("\n").filter((email) => email !== "");
    if (emails.length === 0) return "nobody";
    return emails.every((email) => email === COMMITTER.email) ? "us" : "others";
  }

  /**
   * Whether a branch of ours says already what a commit on `tip` would: then it stays, and with it the approvals it has.
   * It may have left the default branch earlier, as long as nothing there has touched the same files since.
   */
  async isCurrent(head: string, tip: string, files: Files): Promise<boolean> {
    const parents = (await this.#git(["rev-list", "--parents", "--max-count=1", checked(head)])).trim().split(" ");
    const parent = parents[1];
    if (parents.length !== 2 || parent === undefined) return false;
    const base = await this.#git(["merge-base", "--end-of-options", parent, checked(tip)]);
    if (base.trim() !== parent) return false;
    const prefix = await this.#prefix();
    const paths = [...files.keys()].map((path) => prefix + path).sort();
    const changed = await this.#git(["diff-tree", "-r", "-z", "--name-only", "--end-of-options", parent, head]);
    if (changed.split("\0").filter(Boolean).sort().join("\0") !== paths.join("\0")) return false;
    const [before, now, then] = await Promise.all([parent, tip, head].map((commit) => this.#entries(commit, paths)));
    if (before !== now) return false;
    return then === (await this.#entriesAfter(tip, files));
  }

  /** Makes a commit that differs from its parent in these files, and gives its name. The working tree is not touched. */
  async commit({ parent, files, message }: CommitRequest): Promise<string> {
    const tree = await this.#tree(parent, files);
    return (await this.#git(["commit-tree", "-p", checked(parent), "-m", message, tree])).trim();
  }

  /**
   * Sets or removes a branch unless somebody else has changed it since. Looks first: the answer to a push that was done may
   * have been lost.
   */
  async push({ branch, commit, expected }: Push): Promise<void> {
    const ref = `refs/heads/${branch}`;
    const now = (await this.heads(ref)).get(branch);
    if (now === commit) return;
    const lease = `--force-with-lease=${ref}:${expected === undefined ? "" : checked(expected)}`;
    const refspec = `${commit === undefined ? "" : checked(commit)}:${ref}`;
    const options = ["--quiet", "--no-verify", "--recurse-submodules=no", lease];
    await this.#git(["push", ...options, "--end-of-options", this.#url, refspec]);
  }

  /** Modes and object names of files in a commit, as text to compare. */
  async #entries(commit: string, paths: readonly string[]): Promise<string> {
    return this.#git(["ls-tree", "-r", "-z", "--full-tree", checked(commit), "--", ...paths]);
  }

  async #entriesAfter(tip: string, files: Files): Promise<string> {
    const prefix = await this.#prefix();
    return this.#entries(await this.#tree(tip, files), [...files.keys()].map((path) => prefix + path).sort());
  }

  async #tree(parent: string, files: Files): Promise<string> {
    const prefix = await this.#prefix();
    const directory = await mkdtemp(join(tmpdir(), "slipway-index-"));
    const index = { GIT_INDEX_FILE: join(directory, "index") };
    try {
      await this.#git(["read-tree", checked(parent)], { env: index });
      let entries = "";
      for (const [path, text] of files) {
        const mode = (await this.#entries(parent, [prefix + path])).slice(0, 6);
        const blob = (await this.#git(["hash-object", "-w", "--stdin"], { input: text })).trim();
        entries += `${mode} ${checked(blob)}\t${prefix}${path}\0`;
      }
      await this.#git(["update-index", "-z", "--index-info"], { env: index, input: entries });
      return checked((await this.#git(["write-tree"], { env: index })).trim());
    } finally {
      await rm(directory, { recursive: true, force: true });
    }
  }

  /** Where the catalogue lies in the repository: "" or a path with `/` at its end. */
  async #prefix(): Promise<string> {
    return (await this.#git(["rev-parse", "--show-prefix"])).replace(/\n$/, "");
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

/** Nothing of the clone's may change what is read, nor where to; commits are Slipway's. */
const ENV = {
  GIT_NO_REPLACE_OBJECTS: "1",
  GIT_LITERAL_PATHSPECS: "1",
  GIT_ALLOW_PROTOCOL: "https:http",
  GIT_AUTHOR_NAME: COMMITTER.name,
  GIT_AUTHOR_EMAIL: COMMITTER.email,
  GIT_COMMITTER_NAME: COMMITTER.name,
  GIT_COMMITTER_EMAIL: COMMITTER.email,
};

/** A commit's or blob's full name: never a word that git could take for something else. */
function checked(oid: string): string {
  if (/^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(oid)) return oid;
  throw new Error(`not a full object name: ${JSON.stringify(oid)}`);
}

const complaint = (message: string) =>
  message
    .split("\n")
    .map((line) => line.trim())
    .findLast((line) => /^(?:fatal|error|remote|!)/.test(line)) ?? message.trim().split("\n", 1)[0];

/** As ensure.ts understands it. git itself only has exit code 128 for all of it. */
function statusOf(message: string): number {
  const answered = /returned error: ([1-5][0-9][0-9])/.exec(message)?.[1];
  if (answered !== undefined) return Number(answered);
  const lost = /could not resolve|failed to connect|connection|timed out|early eof|rpc failed|hung up|empty reply/i;
  return lost.test(message) ? 503 : 409;
}
