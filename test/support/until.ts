import { setTimeout as sleep } from "node:timers/promises";

/** Milliseconds, less than a file's limit. Only a failing test waits this long. */
const LIMIT = 50_000;

/** Waits for an outside condition that gives no notification; fails with `what` if it never becomes true. */
export async function until(what: string, condition: () => boolean | Promise<boolean>): Promise<void> {
  const end = performance.now() + LIMIT;
  while (!(await condition())) {
    if (performance.now() > end) throw new Error(`waited in vain: ${what}`);
    await sleep(10);
  }
}

/** Waits for a promise; fails with `what` if it takes longer than anything that works. */
export async function settled<T>(what: string, promise: Promise<T>): Promise<T> {
  const stop = new AbortController();
  const limit = sleep(LIMIT, undefined, { signal: stop.signal }).then(() => {
    throw new Error(`waited in vain: ${what}`);
  });
  try {
    return await Promise.race([promise, limit]);
  } finally {
    stop.abort();
    limit.catch(() => {});
  }
}
