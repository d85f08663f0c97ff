import { readdirSync } from "node:fs";
import { readText } from "../system/read-text.js";

/** Bytes: what a program moves in a deadline that does its work. Go's runtime moves a few on its own, to wake up its threads. */
const LEAST = 1024;
/** Milliseconds between two looks. */
const LONGEST_PAUSE = 5000;
const SHORTEST_PAUSE = 50;

/**
 * Calls `stalled` once a program and its children have neither read nor written 1 KiB within some seconds. What is counted is all that
 * they read and write (proc(5), /proc/PID/io, rchar and wchar), files and sockets alike: work on the disk is progress as well. Where the
 * kernel does not say, there is no deadline. Returns what ends the watch.
 */
export function watchProgress(pid: number, seconds: number, stalled: () => void): () => void {
  const pause = Math.min(LONGEST_PAUSE, Math.max(SHORTEST_PAUSE, (seconds * 1000) / 10));
  let [moved, since] = [movedBytes(pid), performance.now()];
  const timer = setInterval(() => {
    const now = movedBytes(pid);
    // A child that has ended takes its count with it.
    if (now === undefined || moved === undefined || now < moved || now >= moved + LEAST) {
      [moved, since] = [now, performance.now()];
    } else if (performance.now() - since >= seconds * 1000) {
      clearInterval(timer);
      stalled();
    }
  }, pause);
  return () => clearInterval(timer);
}

/** undefined: it has ended, or the kernel does not say. */
function movedBytes(pid: number): number | undefined {
  const own = readText(`/proc/${pid}/io`);
  if (own === undefined) return undefined;
  const bytes = [...own.matchAll(/^[rw]char: (\d+)$/gm)].reduce((sum, [, count]) => sum + Number(count), 0);
  return childrenOf(pid).reduce((sum, child) => sum + (movedBytes(child) ?? 0), bytes);
}

/** A process has children of each of its threads. */
function childrenOf(pid: number): readonly number[] {
  try {
    const threads = readdirSync(`/proc/${pid}/task`);
    return threads.flatMap(
      (thread) => readText(`/proc/${pid}/task/${thread}/children`)?.match(/\d+/g)?.map(Number) ?? [],
    );
  } catch {
    return [];
  }
}
