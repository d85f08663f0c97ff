import { spawnSync } from "node:child_process";

/** One of the programs that are compared. */
export interface Contestant {
  readonly name: string;
  /** Not timed. */
  readonly prepare?: () => void;
  readonly run: () => void;
}

/** Times of every contestant in every round, in milliseconds. */
export class Samples {
  readonly #times = new Map<string, number[]>();

  add(name: string, milliseconds: number): void {
    const times = this.#times.get(name) ?? [];
    times.push(milliseconds);
    this.#times.set(name, times);
  }

  of(name: string): readonly number[] {
    const times = this.#times.get(name);
    if (times === undefined) throw new Error(`${name} was not measured`);
    return times;
  }

  median(name: string): number {
    return median(this.of(name));
  }

  /**
   * The median of the ratios of each round, not the ratio of the medians, because other load on the machine affects both sides of
   * one round alike. Times of several names on one side are added up.
   */
  ratio(above: string, ...below: readonly string[]): number {
    return median(this.ratios(above, ...below));
  }

  /** The ratio of every round; their spread shows how reliable the median is. */
  ratios(above: string, ...below: readonly string[]): readonly number[] {
    return this.of(above).map((time, round) => {
      const sum = below.reduce((total, name) => total + (this.of(name)[round] ?? Number.NaN), 0);
      return time / sum;
    });
  }
}

/** Runs all contestants in turn, round after round (A B C A B C …). `warmUp` earlier rounds fill the caches and do not count. */
export function alternate(contestants: readonly Contestant[], rounds: number, warmUp = 1): Samples {
  return measureRounds(contestants, rounds, { warmUp, turn: false });
}

/**
 * Runs every other round in the opposite order (A B C C B A …), without warm-up. Meant for a few long rounds in which being first
 * is a handicap, and only for contestants that do not depend on one another.
 */
export function thereAndBack(contestants: readonly Contestant[], rounds: number): Samples {
  return measureRounds(contestants, rounds, { warmUp: 0, turn: true });
}

interface Course {
  readonly warmUp: number;
  readonly turn: boolean;
}

function measureRounds(contestants: readonly Contestant[], rounds: number, { warmUp, turn }: Course): Samples {
  const samples = new Samples();
  for (let round = -warmUp; round < rounds; round++) {
    for (const { name, prepare, run } of turn && round % 2 === 1 ? contestants.toReversed() : contestants) {
      prepare?.();
      const started = performance.now();
      run();
      const time = performance.now() - started;
      if (round >= 0) samples.add(name, time);
    }
  }
  return samples;
}

export interface CallOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly input?: string;
}

/** Runs a program to its end and returns its standard output. Throws with the program's output if it fails. */
export function call(program: string, args: readonly string[], options: CallOptions = {}): string {
  const result = spawnSync(program, args, { ...options, encoding: "utf8", maxBuffer: 1 << 28 });
  if (result.status === 0) return result.stdout;
  const said = result.error?.message ?? `${result.stdout}\n${result.stderr}`.trim().split("\n").slice(-15).join("\n");
  throw new Error(`${program} ${args.join(" ").slice(0, 200)} (exit code ${result.status}):\n${said}`);
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}
