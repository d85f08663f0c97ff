import type { Server } from "node:net";
import { execa } from "execa";
import { watchProgress } from "./watch-progress.js";

export interface RunOptions {
  readonly signal?: AbortSignal;
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** Its standard input; left out: empty. */
  readonly stdin?: string;
  /** Both streams are appended to this file. */
  readonly log?: string;
  /** Seconds; left out: no limit. */
  readonly timeout?: number;
  /** Seconds within which it must move something, see watch-progress.ts; left out: no limit. */
  readonly stall?: number;
  /** Given each listening socket that the program, one of ours, sends, with its address (child_process, subprocess.send). */
  readonly takeSocket?: (address: string, socket: Server) => void;
}

export interface Finished {
  /** undefined: it was ended by a signal, or could not be started. */
  readonly exitCode: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
  readonly timedOut: boolean;
  /** It moved nothing for `stall` seconds, and was ended. */
  readonly stalled?: true;
  /** Why it could not be started at all. */
  readonly notStarted?: string;
}

/** Characters that are kept of each stream; the log file has everything. */
const KEPT = 4_000_000;

/**
 * Runs a program with an argument list, never through a shell, and never fails: the caller decides what an exit code means.
 * The program is ended with this process, even when that is killed (prctl(2), PR_SET_PDEATHSIG, by way of setpriv(1)).
 */
export async function run(program: string, args: readonly string[], options: RunOptions = {}): Promise<Finished> {
  const { signal, env, cwd, stdin, log, timeout, stall, takeSocket } = options;
  const stalled = new AbortController();
  const ends = [signal ?? [], stall === undefined ? [] : stalled.signal].flat();
  const stream = log === undefined ? "pipe" : (["pipe", { file: log, append: true }] as const);
  const started = execa("setpriv", ["--pdeathsig", "TERM", "--", program, ...args], {
    reject: false,
    ...(stdin === undefined ? { stdin: "ignore" } : { input: stdin }),
    stdout: stream,
    stderr: stream,
    maxBuffer: KEPT,
    forceKillAfterDelay: 10_000,
    stripFinalNewline: false,
    ...(ends.length === 0 ? {} : { cancelSignal: AbortSignal.any(ends) }),
    ...(env === undefined ? {} : { env }),
    ...(cwd === undefined ? {} : { cwd }),
    ...(timeout === undefined ? {} : { timeout: timeout * 1000 }),
    ...(takeSocket === undefined ? {} : { ipc: true as const }),
  });
  if (takeSocket !== undefined)
    started.on("message", (address: unknown, socket: unknown) => takeSocket(String(address), socket as Server));
  const unwatch = stall && started.pid ? watchProgress(started.pid, stall, () => stalled.abort()) : () => {};
  const result = await started;
  unwatch();
  return {
    exitCode: result.exitCode,
    stdout: result.stdout ?? "",
    stderr: result.stderr ?? "",
    timedOut: result.timedOut,
    ...(stalled.signal.aborted ? { stalled: true } : {}),
    ...(result.exitCode === undefined && result.cause ? { notStarted: result.originalMessage ?? "" } : {}),
  } as Finished;
}

/** The last lines of a program's output that are not blank. */
export function lastLines(text: string, count = 15): string[] {
  const lines = text.split(/\r?\n|\r/).map((line) => line.trimEnd());
  return lines.filter((line) => line !== "").slice(-count);
}
