import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { GitError, type SimpleGit, simpleGit } from "simple-git";
import { ForgeError } from "./ensure.js";

/** Whoever else has a commit on a branch of updates owns it from then on. `.invalid` (RFC 2606): nobody has this address. */
const COMMITTER = { name: "Slipway", email: "slipway@noreply.invalid" };

export interface RemoteOptions {
  /** The catalogue's directory, in a clone of the repository. Nothing is checked out, no ref of it changes. */
  readonly directory: string;
  /** Of the repository on the forge, without credentials. */
  readonly url: string;
  readonly token: string;
  readonly env: NodeJS.ProcessEnv;
  /** Path of the machine's own CA bundle. */
  readonly caBundle: string | undefined;
  readonly signal: AbortSignal;
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

  constructor(options: RemoteOptions) {
    this.#options = options;
  }

  /** Commits by branch name, for the branches that match a pattern of git-ls-remote(1). */
  async heads(pattern: string): Promise<Map<string, string>> {
    const listed = await this.#git(["ls-remote", "--heads", "--end-of-options", this.#options.url, pattern]);
    const found = listed.matchAll(/^([0-9a-f]{40,64})\trefs\/heads\/(.+)$/gm);
    return new Map([...found].map(([, commit = "", branch = ""]) => [branch, commit]));
  }

  /** Gets commits with all that belongs to them into the clone. */
  async fetch(commits: readonly string[]): Promise<void> {
    if (commits.length === 0) return;
    const options = ["--quiet", "--no-tags", "--no-write-fetch-head", "--recurse-submodules=no"];
    await this.#git(["fetch", ...options, "--end-of-options", this.#options.url, ...commits.map(checked)]);
  }

  /** Whether somebody else has committed to a branch since it left `tip`. Both must have been fetched. */
  async isForeign(head: string, tip: string): Promise<boolean> {
    const range = ["--end-of-options", checked(head), `^${checked(tip)}`];
    const emails = await this.#git(["log", "--format=%ce", "--max-count=1000", ...range]);
    return emails.split("\n").some((email) => email !== "" && email !== COMMITTER.email);
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
    await this.#git(["push", ...options, "--end-of-options", this.#options.url, refspec]);
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

  async #git(args: readonly string[], more: Invocation = {}): Promise<string> {
    const { signal } = this.#options;
    signal.throwIfAborted();
    try {
      return await prepareGit(this.#options, more).raw([...args]);
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof GitError)) throw error;
      throw new ForgeError(`git ${args[0]}: ${complaint(error.message)}`, statusOf(error.message), { cause: error });
    }
  }
}

interface Invocation {
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string;
}

/** What git and its HTTP library need of the environment; anything else could change what they do. */
const PASSED = /^(?:PATH|HOME|TMPDIR|SSL_CERT_FILE|SSL_CERT_DIR|(?:https?|no|all)_proxy)$/i;

/**
 * The token goes into git's configuration by way of the environment (git-config(1), GIT_CONFIG_COUNT): arguments and addresses
 * can be read by other users and end in logs. It is for this one address, and replaces what a checkout has left behind there.
 */
function prepareGit({ directory, url, token, env, caBundle, signal }: RemoteOptions, more: Invocation): SimpleGit {
  const basic = Buffer.from(`x-access-token:${token}`).toString("base64");
  const config: readonly (readonly [key: string, value: string])[] = [
    ["core.hooksPath", "/dev/null"],
    ["core.fsmonitor", "false"],
    ["core.quotePath", "false"],
    ["credential.helper", ""],
    ["http.followRedirects", "false"],
    [`http.${url}.extraHeader`, ""],
    [`http.${url}.extraHeader`, `Authorization: Basic ${basic}`],
    ...(caBundle === undefined ? [] : [["http.sslCAInfo", caBundle] as const]),
  ];
  const own: Record<string, string> = {
    LC_ALL: "C",
    GIT_TERMINAL_PROMPT: "0",
    GIT_NO_REPLACE_OBJECTS: "1",
    GIT_LITERAL_PATHSPECS: "1",
    GIT_ALLOW_PROTOCOL: "https:http",
    GIT_AUTHOR_NAME: COMMITTER.name,
    GIT_AUTHOR_EMAIL: COMMITTER.email,
    GIT_COMMITTER_NAME: COMMITTER.name,
    GIT_COMMITTER_EMAIL: COMMITTER.email,
    GIT_CONFIG_COUNT: String(config.length),
    ...Object.fromEntries(
      config.flatMap(([key, value], index) => [
        [`GIT_CONFIG_KEY_${index}`, key],
        [`GIT_CONFIG_VALUE_${index}`, value],
      ]),
    ),
    ...more.env,
  };
  const passed = Object.entries(env).filter(([name, value]) => PASSED.test(name) && value !== undefined);
  const { input } = more;
  return simpleGit({
    baseDir: directory,
    abort: signal,
    allowEnvironment: Object.keys(own),
    // What simple-git would refuse, because it could be meant to run a program; here it keeps programs from being run.
    unsafe: {
      allowUnsafeConfigEnvCount: true,
      allowUnsafeHooksPath: true,
      allowUnsafeFsMonitor: true,
      allowUnsafeCredentialHelper: true,
    },
    ...(input === undefined ? {} : { input: () => input }),
  }).env({ ...Object.fromEntries(passed), ...own });
}

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
