import type { BuildResult } from "../model/plan.js";
import { liveFrame, NARROW, type RunningImage } from "./live-frame.js";
import type { Palette } from "./palette.js";
import { remainingSeconds, type WorkLeft } from "./remaining.js";
import { isNews, RESULT_WIDTHS, resultRow } from "./results-text.js";
import { table } from "./text.js";

/** The end of a terminal, which can be drawn anew. */
export interface Screen {
  size(): { readonly columns: number; readonly rows: number };
  /** Replaces what was drawn before; empty: nothing is shown. */
  draw(frame: string): void;
}

/** An image that the run will work on. */
export interface ProgressImage {
  readonly name: string;
  /** Name and version. */
  readonly title: string;
  /** Names of the images that it waits for. */
  readonly after: readonly string[];
  /** Seconds that it took in the past; undefined: unknown. */
  readonly estimate?: number | undefined;
}

export interface ProgressOptions {
  /** In build order. */
  readonly images: readonly ProgressImage[];
  /** Images at the same time. */
  readonly jobs: number;
  /** undefined: not a terminal, so there are plain lines, and none is ever rewritten. */
  readonly screen: Screen | undefined;
  /** Writes results. */
  readonly out: (text: string) => void;
  /** Writes what is going on. */
  readonly note: (text: string) => void;
  /** Of results, and of what is going on. */
  readonly colors: { readonly out: Palette; readonly note: Palette };
  /** Seconds. */
  readonly clock: () => number;
}

export interface Progress {
  phase(image: string, phase: string): void;
  /** What is known of an image beyond its phase, such as `step 3/7`, until the phase changes. */
  detail(image: string, detail: string): void;
  /** Prints the result, once. */
  done(result: BuildResult): void;
  /** The same for other work than builds; `line` is for people, undefined prints nothing. */
  finish(image: string, line: string | undefined): void;
  /** Draws a terminal anew; to be called regularly. */
  tick(): void;
  end(): void;
}

interface Active {
  readonly phase: string;
  readonly detail: string;
  readonly since: number;
}

/** Prints each result once, as a row of one table, and on a terminal what is going on below the rows. */
export function createProgress(options: ProgressOptions): Progress {
  const { images, screen, out, note, colors, clock } = options;
  const known = new Map(images.map((image) => [image.name, image]));
  const widths = [RESULT_WIDTHS[0] ?? 0, Math.max(0, ...images.map(({ title }) => title.length))];
  const active = new Map<string, Active>();
  const finished = new Set<string>();
  const started = clock();
  const draw = () => {
    if (screen === undefined) return;
    const running = [...active].map(([name, image]) => runningImage(name, image, known.get(name), clock()));
    const left = secondsLeft(options, active, finished);
    const frame = { running, done: finished.size, total: images.length, elapsed: clock() - started, left };
    screen.draw(liveFrame(frame, { ...screen.size(), widths }, colors.note));
  };
  /** Where columns do not fit, they would only break the lines. */
  const rowText = (cells: readonly string[]) =>
    screen !== undefined && screen.size().columns < NARROW
      ? cells.filter((cell) => cell !== "").join(" ")
      : table([cells], [...widths, ...RESULT_WIDTHS.slice(2)]);
  const finish = (image: string, print: () => void) => {
    if (known.has(image)) finished.add(image);
    active.delete(image);
    print();
    draw();
  };
  return {
    finish: (image, line) =>
      finish(image, () => {
        if (line !== undefined) note(`${line}\n`);
      }),
    phase(image, phase) {
      const before = active.get(image);
      active.set(image, { phase, detail: phase === "waiting" ? WAITING : "", since: before?.since ?? clock() });
      if (screen === undefined && phase === "waiting") note(`waiting ${WAITING.replace("it", image)}\n`);
      else if (screen === undefined && isStart(phase, before)) note(`${phase.padEnd(10)} ${image}\n`);
      draw();
    },
    detail(image, detail) {
      const before = active.get(image);
      if (before !== undefined && before.phase === "building") active.set(image, { ...before, detail });
    },
    done: (result) =>
      finish(result.image, () => {
        if (isNews(result)) out(`${rowText(resultRow(result, colors.out))}\n`);
      }),
    tick: draw,
    end: () => screen?.draw(""),
  };
}

const WAITING = "for another build of it";

const isStart = (phase: string, before: Active | undefined) =>
  phase !== before?.phase && (phase === "building" || phase === "resolving");

function runningImage(
  name: string,
  { phase, detail, since }: Active,
  known: ProgressImage | undefined,
  now: number,
): RunningImage {
  return { name, title: known?.title ?? name, phase, detail, elapsed: now - since, estimate: known?.estimate };
}

/** undefined where some of what is left was never built: no time is better than a wrong one. */
function secondsLeft(
  { images, jobs, clock }: ProgressOptions,
  active: ReadonlyMap<string, Active>,
  finished: ReadonlySet<string>,
): number | undefined {
  const left: WorkLeft[] = [];
  for (const { name, after, estimate } of images) {
    if (finished.has(name)) continue;
    if (estimate === undefined) return undefined;
    const since = active.get(name)?.since;
    const seconds = since === undefined ? estimate : Math.max(0, estimate - (clock() - since));
    left.push({ name, after, seconds });
  }
  // Running images have their places already.
  const isActive = ({ name }: WorkLeft) => active.has(name);
  return remainingSeconds([...left.filter(isActive), ...left.filter((work) => !isActive(work))], jobs);
}
