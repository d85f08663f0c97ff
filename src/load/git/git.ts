import type { ChildProcessByStdio } from "node:child_process";
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import type { Readable, Writable } from "node:stream";
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

/** Starts git in a directory, without a shell. `args` must hold untrusted text only after `--end-of-options` or `--`. */
export function startGit(directory: string, args: readonly string[]): GitProcess {
  const env = {
    ...process.env,
    LC_ALL: "C",
    GIT_OPTIONAL_LOCKS: "0",
    GIT_TERMINAL_PROMPT: "0",
    GIT_LITERAL_PATHSPECS: "1",
  };
  return spawn("git", [...OPTIONS, ...args], { cwd: directory, env, stdio: ["pipe", "pipe", "pipe"] });
}

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
  const reason = output.stderr.split("\n", 1)[0] || `exit code ${output.exitCode}`;
  return new TreeError("git-failed", `${what}: ${reason}`);
}

/** Whether a directory or one above it holds `.git`, or is a bare repository itself. */
export function insideRepository(directory: string): boolean {
  if (existsSync(join(directory, "HEAD")) && existsSync(join(directory, "objects"))) return true;
  for (let at = resolve(directory); ; at = dirname(at)) {
    if (existsSync(join(at, ".git"))) return true;
    if (dirname(at) === at) return false;
  }
}
