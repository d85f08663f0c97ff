import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { Octokit } from "@octokit/rest";
import { GIT_ENV } from "./bare-repository.js";
import type { Forge } from "./forge.js";

const silent = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

/** GitHub's own client for a person, with a token of `forge.botToken`, or without credentials. It does not retry. */
export function client(forge: Forge, who?: { readonly user: string } | { readonly token: string }): Octokit {
  const auth = who && ("user" in who ? forge.token(who.user) : who.token);
  return new Octokit({ baseUrl: forge.apiUrl, log: silent, ...(auth && { auth }) });
}

/** The status and body of a refusal; throws if there was none. */
export async function refusal(work: Promise<unknown>): Promise<{ status: number; message: string; headers: Headers }> {
  const done = await work.then(
    (answer) => ({ answer }),
    (error) => ({ error }),
  );
  if ("answer" in done) throw new Error(`was not refused: ${JSON.stringify(done.answer)}`);
  const { status, message, response } = done.error;
  return { status, message, headers: response?.headers ?? {} };
}

type Headers = Readonly<Record<string, string | undefined>>;

/** Runs Git as a user would and returns trimmed standard output; asynchronous, because the forge runs in this process. */
export async function git(directory: string, ...args: readonly string[]): Promise<string> {
  const env = { ...GIT_ENV, GIT_TERMINAL_PROMPT: "0", HOME: directory };
  const { stdout } = await promisify(execFile)("git", [...args], { cwd: directory, env });
  return stdout.trim();
}

/** The error message of a failing Git command; throws if it succeeds. */
export async function gitFailure(directory: string, ...args: readonly string[]): Promise<string> {
  const error: unknown = await git(directory, ...args).then(
    () => null,
    (reason) => reason,
  );
  if (error === null) throw new Error(`did not fail: git ${args.join(" ")}`);
  return String((error as { stderr?: string }).stderr);
}
