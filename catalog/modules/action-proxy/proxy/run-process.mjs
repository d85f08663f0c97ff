import { spawn } from "node:child_process";
import { LastLine } from "./last-line.mjs";

/**
 * @typedef {object} Run
 * @property {string} file
 * @property {string} directory
 * @property {string} argument JSON
 * @property {import("./environment.mjs").Environment} env
 * @property {number | undefined} limit milliseconds
 * @property {AbortSignal} signal ends the run
 * @property {number} resultLimit bytes
 * @property {import("./activation-logs.mjs").ActivationLogs} logs
 *
 * @typedef {object} Ended
 * @property {LastLine} lastLine of standard output
 * @property {string} how "exit code 1", "signal SIGSEGV"
 * @property {"deadline" | "aborted" | undefined} stopped why it was stopped
 */

/** Linux takes no longer argument: MAX_ARG_STRLEN of linux/binfmts.h, with the zero byte at its end. */
const LONGEST_ARGUMENT = 131_072;
/** setTimeout() takes no more, and a run of 24 days needs no limit. */
const LONGEST_TIMER = 2 ** 31 - 1;
/** Milliseconds that output may still come after the end, where a process of another session has kept the pipe. */
export const PATIENCE = 500;

/**
 * Runs the action to its end, with the argument on standard input, and on the command line where it fits. It has a process group of its
 * own, of which nothing is left afterwards.
 *
 * @param {Run} run
 * @returns {Promise<Ended>} rejected where it cannot be started
 */
export async function runProcess(run) {
  const fits = Buffer.byteLength(run.argument) < LONGEST_ARGUMENT;
  if (!fits) return follow(run, start(run, []));
  try {
    return await follow(run, start(run, [run.argument]));
  } catch (error) {
    // Argument and environment share a limit. Nothing has run yet.
    if (codeOf(error) !== "E2BIG") throw error;
    return follow(run, start(run, []));
  }
}

/**
 * @param {Run} run
 * @param {string[]} args
 */
const start = ({ file, directory, env }, args) =>
  spawn(file, args, { cwd: directory, env, detached: true, stdio: ["pipe", "pipe", "pipe"] });

/**
 * @param {Run} run
 * @param {import("node:child_process").ChildProcessWithoutNullStreams} child
 * @returns {Promise<Ended>}
 */
function follow({ argument, limit, signal, resultLimit, logs }, child) {
  return new Promise((resolve, reject) => {
    const lastLine = new LastLine(resultLimit, (bytes) => logs.out(bytes));
    /** @type {Ended["stopped"]} */
    let stopped;
    /** @type {NodeJS.Timeout | undefined} */
    let patience;
    const unwatch = stopper({ limit, signal }, (why) => {
      stopped ??= why;
      killGroup(child.pid);
    });
    const release = () => {
      unwatch();
      clearTimeout(patience);
    };

    child.stdout.on("data", (/** @type {Buffer} */ chunk) => lastLine.push(chunk));
    child.stderr.on("data", (/** @type {Buffer} */ chunk) => logs.err(chunk));
    // An action need not read its argument.
    child.stdin.on("error", () => {});
    child.stdin.end(argument);
    child.on("error", (error) => {
      release();
      reject(error);
    });
    child.on("exit", () => {
      killGroup(child.pid);
      patience = setTimeout(() => {
        child.stdout.destroy();
        child.stderr.destroy();
      }, PATIENCE);
    });
    child.on("close", (code, name) => {
      release();
      resolve({ lastLine, how: name === null ? `exit code ${code}` : `signal ${name}`, stopped });
    });
  });
}

/**
 * Calls `stop` when the time is over or the signal comes.
 *
 * @param {{limit: number | undefined, signal: AbortSignal}} until milliseconds
 * @param {(why: "deadline" | "aborted") => void} stop
 * @returns {() => void} ends the watch
 */
export function stopper({ limit, signal }, stop) {
  const abort = () => stop("aborted");
  const timer = limit === undefined || limit > LONGEST_TIMER ? undefined : setTimeout(() => stop("deadline"), limit);
  if (signal.aborted) abort();
  signal.addEventListener("abort", abort);
  return () => {
    clearTimeout(timer);
    signal.removeEventListener("abort", abort);
  };
}

/**
 * The process and all that it has started, unless they made sessions of their own.
 *
 * @param {number | undefined} pid
 */
export function killGroup(pid) {
  if (pid === undefined) return;
  try {
    process.kill(-pid, "SIGKILL");
  } catch {
    // There is nobody left.
  }
}

/**
 * @param {unknown} error
 * @returns {string | undefined}
 */
export const codeOf = (error) =>
  error instanceof Error ? /** @type {NodeJS.ErrnoException} */ (error).code : undefined;
