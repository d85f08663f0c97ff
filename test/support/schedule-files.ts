import { statSync } from "node:fs";
import type { RunOptions } from "./run-files.js";
import { ROOM } from "./scratch.js";

/** Folders whose tests start programs: each of their files has its own process; all others share a few. */
const ISOLATED = /\/test\/(?:cli|integration|e2e|exhaustive|runtimes)\//;
const END_TO_END = /\/test\/(?:e2e|exhaustive)\//;
/** Files that take five minutes and more, whatever their size: at the end, others would be over and a processor idle. */
const LONG = /\/test\/(?:e2e|exhaustive)\/(?:hostile\S*|locked-\w+|reference\S*)\.test\.js$/;
/** Seconds for each file before it counts as hanging. */
const TIMEOUT = 180;
/** The reference catalogue is built, and each of its images of actions passes the whole suite, in one file. */
const END_TO_END_TIMEOUT = 1500;

/** Files that share a process, and how long each may take. */
export interface Group extends Pick<RunOptions, "timeout"> {
  readonly files: readonly string[];
  /** How many other files' place it takes. Left out: 1. */
  readonly slots?: number;
}

export interface Schedule {
  /** Run in this order, several at a time. */
  readonly together: readonly Group[];
  /** Run afterwards, one after another, with the machine to themselves. */
  readonly alone: readonly Group[];
}

/** Files that must run alone, and why. */
const ALONE: readonly (readonly [file: string, why: string])[] = [
  ["/test/e2e/kill.test.js", "it kills at moments all over a build, whose length it has measured"],
];

export const isIsolated = (file: string) => ISOLATED.test(file);

/**
 * Orders files: first those that fail quickly, then those that take minutes, then the short ones, so that processes have little
 * idle time at the end. `timeout` replaces the default, in seconds.
 */
export function schedule(files: readonly string[], jobs: number, timeout?: number): Schedule {
  const ms = (usual: number) => (timeout ?? usual) * 1000;
  const each = (chosen: readonly string[], usual: number) =>
    chosen.map((file) => ({ files: [file], timeout: ms(usual) }));
  const endToEndOf = (chosen: readonly string[]) =>
    each(chosen, END_TO_END_TIMEOUT).map((group) => ({ ...group, ...slotsOf(group.files) }));
  const isAlone = (file: string) => ALONE.some(([path]) => file.endsWith(path));
  // Large files tend to take longer; sorting by size also separates files of similar names, which wait for the same base.
  const isLong = (file: string) => Number(LONG.test(file));
  const endToEnd = files
    .filter((file) => END_TO_END.test(file))
    .sort((a, b) => isLong(b) - isLong(a) || sizeOf(b) - sizeOf(a));
  const shared = dealt(
    files.filter((file) => !isIsolated(file)),
    jobs,
  );
  return {
    together: [
      ...shared.map((hand) => ({ files: hand, timeout: ms(TIMEOUT) })),
      ...endToEndOf(endToEnd.filter((file) => !isAlone(file))),
      ...each(
        files.filter((file) => isIsolated(file) && !END_TO_END.test(file)),
        TIMEOUT,
      ),
    ],
    alone: each(endToEnd.filter(isAlone), END_TO_END_TIMEOUT),
  };
}

/** The reference catalogue keeps two processors busy for most of its time, and comes close to its limit where it has less. */
const slotsOf = ([file = ""]: readonly string[]) =>
  /\/reference(?:-images)?\.test\.js$/.test(file) ? { slots: 2 } : {};

/**
 * How many files run at a time: one more than processors, because a file that starts programs waits for a fifth of its time, but no more
 * than the machine has memory for (in bytes).
 */
export const usualJobs = (processors: number, memory: number) =>
  Math.max(1, Math.min(processors + 1, Math.floor(memory / ROOM)));

const sizeOf = (file: string) => statSync(file, { throwIfNoEntry: false })?.size ?? 0;

/** Deals out files like cards, so that a folder of slow files is spread over the processes. */
function dealt(files: readonly string[], hands: number): string[][] {
  const groups = Array.from({ length: hands }, (_, hand) => files.filter((_file, at) => at % hands === hand));
  return groups.filter((group) => group.length > 0);
}
