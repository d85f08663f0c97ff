import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";

/** The queues of this process by path: each waits for the one before, so a path never has two helpers at a time. */
const queues = new Map<string, Promise<void>>();

/** Exit code of flock(1) when it may not wait; none of its own (those of sysexits.h begin at 64). */
const TAKEN = 42;

export interface Mutex {
  /** Resolves when another process can take the mutex. */
  release(): Promise<void>;
}

/**
 * Runs `action` while no other process (and nothing else in this one) holds the mutex of `path`, an empty file that is
 * created where needed and stays. The mutex is free again when this process dies, by whatever signal. Not re-entrant.
 * Fails with the signal's reason when it is aborted while waiting (never during the action), with Error where the
 * file cannot be locked. `waiting` is called when another process holds it.
 */
export async function withMutex<T>(
  path: string,
  signal: AbortSignal,
  action: () => Promise<T>,
  waiting?: () => void,
): Promise<T> {
  const before = queues.get(path) ?? Promise.resolve();
  let leave = () => {};
  const after = before.then(() => new Promise<void>((resolve) => (leave = resolve)));
  queues.set(path, after);
  try {
    // Later comers stay behind `before` even when this one gives up.
    await abortable(before, signal);
    const mutex = waiting ? await acquireOrWait(path, signal, waiting) : await acquireMutex(path, signal);
    try {
      return await action();
    } finally {
      await mutex.release();
    }
  } finally {
    before.then(() => {
      leave();
      if (queues.get(path) === after) queues.delete(path);
    });
  }
}

/**
 * Takes the mutex of `path` until `release`: alone, or together with others that take it shared.
 *
 * Node has no flock(2), so a helper holds the mutex: `cat`, started by flock(1), ends when the pipe from this process
 * closes, which the kernel does for us even after kill -9. It is in a session of its own because Ctrl-C in a terminal
 * would end it while this process is still finishing under the mutex.
 */
export async function acquireMutex(
  path: string,
  signal: AbortSignal,
  mode: "exclusive" | "shared" = "exclusive",
): Promise<Mutex> {
  return (await hold([`--${mode}`, path], signal)) as Mutex;
}

/** Takes the mutex of `path` alone; undefined, at once, where anybody else holds it. */
export function tryMutex(path: string, signal: AbortSignal): Promise<Mutex | undefined> {
  return hold(["--nonblock", path], signal);
}

/** Whether somebody holds the mutex of `path` alone, now. Makes no file. Fails with Error where this cannot be asked. */
export async function isMutexHeld(path: string, signal: AbortSignal): Promise<boolean> {
  if (!existsSync(path)) return false;
  const mutex = await hold(["--shared", "--nonblock", path], signal);
  await mutex?.release();
  return mutex === undefined;
}

async function acquireOrWait(path: string, signal: AbortSignal, waiting: () => void): Promise<Mutex> {
  const free = await tryMutex(path, signal);
  if (free !== undefined) return free;
  waiting();
  return acquireMutex(path, signal);
}

/** undefined: somebody else holds the mutex. */
async function hold(args: readonly string[], signal: AbortSignal): Promise<Mutex | undefined> {
  signal.throwIfAborted();
  const options = ["--conflict-exit-code", String(TAKEN), ...args, "cat"];
  const child = spawn("flock", options, { stdio: ["pipe", "pipe", "pipe"], detached: true });
  const exited = new Promise<void>((resolve) => {
    child.once("exit", () => resolve());
    child.once("error", () => resolve());
  });
  const release = () => {
    child.stdin.end();
    return exited;
  };
  try {
    // `cat` answers only once it runs, and it runs only once the mutex is held.
    child.stdin.on("error", () => {});
    child.stdin.write("locked\n");
    return (await abortable(firstOutput(child, args), signal)) ? { release } : undefined;
  } catch (error) {
    child.kill();
    child.stdin.destroy();
    throw error;
  }
}

function firstOutput(child: ChildProcess, args: readonly string[]): Promise<boolean> {
  return new Promise((resolve, reject) => {
    let complaint = "";
    child.stdout?.once("data", () => resolve(true));
    child.stderr?.on("data", (chunk: Buffer) => {
      complaint += chunk.toString("utf8");
    });
    child.once("error", (error) => {
      reject(new Error("Could not start flock(1): install the package util-linux.", { cause: error }));
    });
    child.once("close", (code) => {
      if (code === TAKEN) resolve(false);
      else reject(new Error(`Could not lock ${args.at(-1)}: ${complaint.trim() || "flock ended"}`));
    });
  });
}

async function abortable<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  signal.throwIfAborted();
  let stop = () => {};
  const aborted = new Promise<never>((_, reject) => {
    stop = () => reject(signal.reason);
    signal.addEventListener("abort", stop, { once: true });
  });
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    signal.removeEventListener("abort", stop);
  }
}
