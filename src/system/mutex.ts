import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, existsSync, openSync } from "node:fs";

/** The queues of this process by path: each waits for the one before, so a path never has two helpers at a time. */
const queues = new Map<string, Promise<void>>();

/** Exit code of flock(1) when it may not wait; none of its own (those of sysexits.h begin at 64). */
const TAKEN = 42;

export interface Mutex {
  /** Keeps a mutex that was held alone together with others from now on. Others may have held it alone in between. */
  share(): Promise<void>;
  /** Resolves when another process can take the mutex. */
  release(): Promise<void>;
}

/**
 * Runs `action` while no other process (and nothing else in this one) holds the mutex of `path`, an empty file that is
 * created where needed and stays. The mutex is free again when this process dies, by whatever signal. Not re-entrant.
 * Fails with the signal's reason when it is aborted while waiting (never during the action), with the system's error where the file
 * cannot be made, with Error where it cannot be locked. `waiting` is called when another process holds it.
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
 * Node has no flock(2), so flock(1) takes it, through a file that is open here. Such a lock belongs to the open file (flock(2)), not to
 * the program that took it: it is free again when this process closes the file or ends, by whatever signal, and nothing has to live on.
 */
export async function acquireMutex(
  path: string,
  signal: AbortSignal,
  mode: "exclusive" | "shared" = "exclusive",
): Promise<Mutex> {
  return (await hold(path, [`--${mode}`], signal)) as Mutex;
}

/** Takes the mutex of `path` alone; undefined, at once, where anybody else holds it. */
export function tryMutex(path: string, signal: AbortSignal): Promise<Mutex | undefined> {
  return hold(path, ["--nonblock"], signal);
}

/** Whether somebody holds the mutex of `path` alone, now. Makes no file. Fails with Error where this cannot be asked. */
export async function isMutexHeld(path: string, signal: AbortSignal): Promise<boolean> {
  if (!existsSync(path)) return false;
  const mutex = await hold(path, ["--shared", "--nonblock"], signal);
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
async function hold(path: string, args: readonly string[], signal: AbortSignal): Promise<Mutex | undefined> {
  signal.throwIfAborted();
  // For reading and writing: over NFS a shared lock needs the one, an exclusive lock the other.
  // A FileHandle would be closed with the garbage.
  const fd = openSync(path, "a+");
  try {
    const share = async () => {
      await lock(fd, { path, args: ["--shared"], signal });
    };
    if (await lock(fd, { path, args, signal })) return { share, release: async () => closeSync(fd) };
  } catch (error) {
    closeSync(fd);
    throw error;
  }
  closeSync(fd);
  return undefined;
}

/** Whether flock(1) has locked the open file. It is in a session of its own, so that Ctrl-C in a terminal reaches this process alone. */
async function lock(
  fd: number,
  { path, args, signal }: { readonly path: string; readonly args: readonly string[]; readonly signal: AbortSignal },
): Promise<boolean> {
  const options = ["--conflict-exit-code", String(TAKEN), ...args, "3"];
  const child = spawn("flock", options, { stdio: ["ignore", "ignore", "pipe", fd], detached: true });
  try {
    return await abortable(verdict(child, path), signal);
  } catch (error) {
    child.kill();
    throw error;
  }
}

function verdict(child: ChildProcess, path: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    let complaint = "";
    child.stderr?.on("data", (chunk: Buffer) => {
      complaint += chunk.toString("utf8");
    });
    child.once("error", (error: NodeJS.ErrnoException) => {
      const missing = new Error("Could not start flock(1): install the package util-linux.", { cause: error });
      reject(error.code === "ENOENT" ? missing : error);
    });
    child.once("close", (code) => {
      if (code === 0 || code === TAKEN) resolve(code === 0);
      else reject(new Error(`Could not lock ${path}: ${complaint.trim() || "flock ended"}`));
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
