import { rmSync } from "node:fs";
import { join } from "node:path";
import { generateRepository, selectVariant, VARIANTS } from "./generate-catalogue.js";
import { alternate, call, type Samples } from "./measure.js";
import type { Part } from "./part.js";
import { milliseconds, table, times } from "./report.js";
import { NODE_START, peakMemory, slipway } from "./slipway.js";
import { type Turbo, turboOn } from "./turbo.js";

const SIZES = [
  { count: 100, rounds: 7 },
  { count: 1000, rounds: 5 },
  { count: 10_000, rounds: 3 },
  { count: 50_000, rounds: 3 },
] as const;

const NODE = NODE_START.name;
const DIFF_TREE = "git diff-tree";

/** Measures how long `plan --base HEAD~1 --head HEAD` takes as a catalogue grows, with and without the cache of an earlier run. */
export const planScale: Part = {
  title: "Plan between two commits",
  run({ directory, say }) {
    const rows = SIZES.flatMap(({ count, rounds }) => {
      const repository = join(directory, `catalogue-${count}`);
      const started = performance.now();
      generateRepository(repository, count);
      say(`${count} images generated in ${milliseconds(performance.now() - started)}`);
      const turbo = turboOn(directory, count);
      const measured = VARIANTS.map((variant) =>
        measure(repository, variant, rounds, variant === "package" ? undefined : turbo(variant)),
      );
      for (const { variant, samples } of measured) {
        say(
          `${count} ${variant}: cold ${milliseconds(samples.median("cold"))}, warm ${milliseconds(samples.median("warm"))}`,
        );
      }
      return measured.map((result) => row(count, result));
    });
    return { intro: INTRO, tables: [table(HEADINGS, rows)] };
  },
};

const INTRO =
  "`slipway plan --base HEAD~1 --head HEAD --json` on a generated catalogue: five levels, three system and two runtime " +
  "packages per image from lists of 300, environment, labels and a test. One file differs between the commits: a leaf, an " +
  "image in the middle, or the approved version of one package. Cold: `.slipway` is removed before the run. Warm: right " +
  "after the cold run. Memory: the most that the command's process takes. Goals for 1,000, 10,000 and 50,000 images: warm at most 1.5, " +
  "1.7 and 2.2 × `node -e 0` and 60, 75 and 110 MiB, cold at most 3, 9 and 30 ×, and at least 2, 7.5 and 35 × as fast as " +
  "`turbo ls --affected` (of npm) on a workspace with the same graph and the same change. turbo has no list of approved packages.";

export const HEADINGS = [
  "images",
  "changed",
  "steps",
  "warm ÷ node",
  "cold ÷ node",
  "cold",
  "warm",
  "`node -e 0`",
  "`git diff-tree`",
  "memory, warm",
  "turbo ÷ warm",
];

const PLAN = ["plan", "--base", "HEAD~1", "--head", "HEAD", "--json"] as const;

export interface Measured {
  readonly variant: string;
  readonly samples: Samples;
  readonly steps: number;
  /** Bytes, of a warm plan. */
  readonly memory: number;
  /** The contestant's name; undefined: it was not asked. */
  readonly turbo: string | undefined;
}

export function measure(repository: string, variant: string, rounds: number, turbo?: Turbo): Measured {
  selectVariant(repository, variant);
  const answers = new Set<string>();
  const plan = () => {
    answers.add(slipway(PLAN, { cwd: repository }));
  };
  const forget = () => rmSync(join(repository, ".slipway"), { recursive: true, force: true });
  const diffTree = () => void call("git", ["diff-tree", "-r", "HEAD~1", "HEAD"], { cwd: repository });
  const contestants = [
    NODE_START,
    { name: DIFF_TREE, run: diffTree },
    { name: "cold", prepare: forget, run: plan },
    // Runs in the same round as the cold run, and uses its cache.
    { name: "warm", run: plan },
    ...(turbo === undefined ? [] : [turbo]),
  ];
  const samples = alternate(contestants, rounds);
  const steps = stepsOf(answers, variant);
  if (turbo !== undefined && turbo.affected() !== steps)
    throw new Error(`${variant}: ${steps} steps, but turbo says ${turbo.affected()}`);
  return { variant, samples, steps, memory: peakMemory(repository, PLAN), turbo: turbo?.name };
}

/** Checks that fast answers are right: every run gives the same answer, and a changed leaf affects only the leaf. */
function stepsOf(answers: ReadonlySet<string>, variant: string): number {
  const [answer, other] = answers;
  if (answer === undefined || other !== undefined) throw new Error(`${variant}: cold and warm plans differ`);
  const { steps } = JSON.parse(answer) as { steps: readonly unknown[] };
  if (variant.endsWith("leaf") ? steps.length !== 1 : steps.length < 2) {
    throw new Error(`${variant}: a plan with ${steps.length} steps cannot be right`);
  }
  return steps.length;
}

export function row(count: number, { variant, samples, steps, memory, turbo }: Measured): string[] {
  return [
    String(count),
    variant,
    String(steps),
    times(samples.ratio("warm", NODE)),
    times(samples.ratio("cold", NODE)),
    ...["cold", "warm", NODE, DIFF_TREE].map((name) => milliseconds(samples.median(name))),
    `${Math.round(memory / 2 ** 20)} MiB`,
    turbo === undefined ? "–" : times(samples.ratio(turbo, "warm")),
  ];
}
