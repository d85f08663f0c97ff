import PQueue from "p-queue";

/** Runs at most `jobs` tasks at a time, in the order in which they are added. */
export function jobQueue(jobs: number): <T>(work: () => Promise<T>) => Promise<T> {
  const queue = new PQueue({ concurrency: jobs });
  return (work) => queue.add(work) as ReturnType<typeof work>;
}
