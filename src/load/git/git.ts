import type { ChildProcessByStdio } from "node:child_process";
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import type { Readable, Writable } from "node:stream";
import { shellQuote } from "../../model/shell-quote.js";
import { TreeError } from "./tree.js";

export type GitProcess = ChildProcessByStdio<Writable, Readable, Readable>;

export interface GitOutput {
  /** 0: done. */
  readonly exitCode: number;
  readonly stdout: Buffer;
  readonly stderr: string;
}

/** Configuration that would run programs or change output; replace refs would show other content than the commit's. */
const OPTIONS = ["--no-replace-objects", "-c", "core.fsmonitor=false", "-c", "core.quotePath=false"];

/** A directory alone says which repository is meant. Git sets these for its hooks, in words that hold only in their own directory. */
const OF_HOOKS = ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX", "GIT_COMMON_DIR", "GIT_NAMESPACE"];

/**
 * Starts git in a directory, without a shell. `args` must hold untrusted text only after `--end-of-options` or `--`; `more` are variables that are set
 * besides.
 */
export function startGit(directory: string, args: readonly string[], more: NodeJS.ProcessEnv = {}): GitProcess {
  const env = {
    ...process.env,
    ...Object.fromEntries(OF_HOOKS.map((name) => [name, undefined])),
    // The working tree that a repository of a submodule names may be gone, and Git would begin by entering it.
    ...(isKeptSubmodule(directory) ? { GIT_DIR: ".", GIT_WORK_TREE: "." } : {}),
    ...more,
    LC_ALL: "C",
    GIT_OPTIONAL_LOCKS: "0",
    GIT_TERMINAL_PROMPT: "0",
    GIT_LITERAL_PATHSPECS: "1",
  };
  return spawn("git", [...OPTIONS, ...args], { cwd: directory, env, stdio: ["pipe", "pipe", "pipe"] });
}

/** Whether a directory is where Git keeps the repository of a submodule (gitrepository-layout(5), modules). */
const isKeptSubmodule = (directory: string) => /\/modules\//.test(directory) && isGitDirectory(directory);

export const isGitDirectory = (directory: string) =>
  existsSync(join(directory, "HEAD")) && existsSync(join(directory, "objects"));

/** Runs git to its end. Throws TreeError if git cannot be started; any exit code is returned. */
export async function runGit(directory: string, args: readonly string[]): Promise<GitOutput> {
  const child = startGit(directory, args);
  child.stdin.end();
  const stdout: Buffer[] = [];
  child.stdout.on("data", (chunk: Buffer) => stdout.push(chunk));
  const end = await ended(child, directory);
  return { ...end, stdout: Buffer.concat(stdout) };
}

/** Resolves when the process has ended and its output was read. Throws TreeError if it could not be started. */
export function ended(child: GitProcess, directory: string): Promise<{ exitCode: number; stderr: string }> {
  let stderr = "";
  child.stderr.on("data", (chunk: Buffer) => {
    if (stderr.length < 4096) stderr += chunk.toString("utf8");
  });
  return new Promise((done, fail) => {
    // A process that ends early closes its standard input while we still write: its exit code tells the story.
    child.stdin.on("error", () => {});
    child.on("error", (error: NodeJS.ErrnoException) => fail(startFailure(error, directory)));
    child.on("close", (code) => done({ exitCode: code ?? 128, stderr: stderr.trim() }));
  });
}

function startFailure(error: NodeJS.ErrnoException, directory: string): TreeError {
  // ENOENT is also what a missing working directory gives.
  if (!existsSync(directory)) return new TreeError("not-a-directory", `there is no directory ${directory}`);
  if (error.code === "ENOENT")
    return new TreeError("git-missing", "the program git was not found", "install git, or put it on the PATH");
  return new TreeError("git-failed", `git could not be started: ${error.message}`);
}

/** The error for a failure of git in a directory: whether there is no repository, or something else is wrong. */
export function gitFailure(directory: string, what: string, output: { exitCode: number; stderr: string }): TreeError {
  if (!insideRepository(directory)) {
    const hint = "run it inside a Git repository, or name one with --catalogue DIR";
    return new TreeError("not-a-repository", `${directory} is not in a Git repository`, hint);
  }
  const known = KNOWN_FAILURES.map((failure) => failure(output.stderr, directory)).find((error) => error !== undefined);
  if (known !== undefined) return known;
  const reason = output.stderr.split("\n", 1)[0] || `exit code ${output.exitCode}`;
  return new TreeError("git-failed", `${what}: ${reason}`, "git fsck tells whether the repository is sound");
}

/** Git has no exit codes for these: its own words, in the language C, are all there is. */
const KNOWN_FAILURES: readonly ((stderr: string, directory: string) => TreeError | undefined)[] = [
  (stderr) => {
    const top = /dubious ownership in repository at '(.*)'/.exec(stderr)?.[1];
    if (top === undefined) return undefined;
    const message = `Git does not read ${top}, because it belongs to another user`;
    return new TreeError(
      "git-failed",
      message,
      `if you trust it: git config --global --add safe.directory ${shellQuote(top)}`,
    );
  },
  (stderr, directory) => {
    if (!stderr.includes("must be run in a work tree")) return undefined;
    const message = `${directory} is a bare repository, which has no working tree`;
    return new TreeError("not-a-directory", message, "name a commit: --ref main, or work in a clone");
  },
  (stderr, directory) => {
    if (!/index file (?:corrupt|smaller)|bad (?:index file|signature)|index uses .* extension/.test(stderr))
      return undefined;
    const message = `the index of the repository of ${directory} is damaged`;
    const hint =
      'make it anew from the last commit; files stay as they are: rm "$(git rev-parse --git-path index)" && git reset';
    return new TreeError("git-failed", message, hint);
  },
  (stderr, directory) => {
    if (!/^fatal: not a git repository/m.test(stderr)) return undefined;
    const message = `the .git at or above ${directory} leads to no repository`;
    return new TreeError(
      "git-failed",
      message,
      "git worktree repair, in the main working tree, mends moved working trees",
    );
  },
  (stderr, directory) => {
    const problem =
      /^(?:error|fatal): (.*(?:bad object|unable to read|[Cc]ould not (?:fetch|read)|missing blob|promisor|bad tree).*)$/m;
    const reason = problem.exec(stderr)?.[1];
    if (reason === undefined) return undefined;
    const message = `objects of the repository of ${directory} are missing or damaged: ${reason}`;
    return new TreeError("git-failed", message, "git fetch --refetch brings them again; git fsck lists them");
  },
];

/** Whether a directory or one above it holds `.git`, or is a bare repository itself. */
export function insideRepository(directory: string): boolean {
  if (isGitDirectory(directory)) return true;
  for (let at = resolve(directory); ; at = dirname(at)) {
    if (existsSync(join(at, ".git"))) return true;
    if (dirname(at) === at) return false;
  }
}
