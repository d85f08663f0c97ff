/** An image that is still to be built, or is being built. */
export interface WorkLeft {
  readonly name: string;
  /** Names of the images that it waits for; those that are not left are ignored. */
  readonly after: readonly string[];
  /** Seconds that it still takes, estimated. */
  readonly seconds: number;
}

/**
 * Seconds until all of it is done, with `jobs` at a time: each image, in build order, takes the first free place when those before
 * it are done. An estimate, because the queue may take another order.
 */
export function remainingSeconds(work: readonly WorkLeft[], jobs: number): number {
  const ends = new Map<string, number>();
  const free = Array.from({ length: Math.max(1, Math.min(jobs, work.length)) }, () => 0);
  for (const { name, after, seconds } of work) {
    const ready = after.reduce((latest, before) => Math.max(latest, ends.get(before) ?? 0), 0);
    const place = free.reduce((best, time, index) => (time < (free[best] ?? 0) ? index : best), 0);
    const end = Math.max(ready, free[place] ?? 0) + seconds;
    free[place] = end;
    ends.set(name, end);
  }
  return Math.max(0, ...free);
}
