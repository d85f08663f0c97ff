import type { Context } from "../../context.js";
import type { BuildResult } from "../../model/plan.js";
import { logLine, logText } from "../../report/log-lines.js";
import { createProgress, type Progress, type ProgressImage } from "../../report/progress.js";
import { endGroup, startGroup } from "../../report/workflow-commands.js";
import { LogFollower, stepIn } from "../../run/log-follower.js";

export interface ProgressWork {
  /** In build order. */
  readonly images: readonly ProgressImage[];
  readonly jobs: number;
  /** Whether the logs are shown. */
  readonly verbose: boolean;
  /** Nothing is printed. */
  readonly silent: boolean;
  /** Whether results are printed, too. */
  readonly results: boolean;
}

/** What happens in a run. */
export interface RunProgress extends Pick<Progress, "done" | "finish" | "end"> {
  /** `log`: path of the file to which the output of this and later phases is appended. */
  phase(image: string, phase: string, log: string): void;
}

/** Milliseconds between looks at the logs. */
const INTERVAL = 250;
/** Lines of the log of an image in the log of a workflow. */
const MOST_LINES = 5000;

/** The progress of a run: what createProgress prints, the steps that Buildah announces in the logs, and the logs themselves. */
export async function openProgress(context: Context, work: ProgressWork): Promise<RunProgress> {
  const { clock, colors, note } = context;
  const { silent, images, jobs } = work;
  const screen = silent ? undefined : await context.openScreen();
  const progress = createProgress({
    ...{ images, jobs, screen, colors, clock },
    out: silent || !work.results ? () => {} : context.out,
    note: silent ? () => {} : note,
  });
  const logs = new Map<string, { readonly path: string; readonly follower: LogFollower }>();
  const width = Math.max(0, ...images.map(({ name }) => name.length));
  const look = (image: string, last = false) => {
    const lines = logs.get(image)?.follower.read({ last }) ?? [];
    const step = lines.map(stepIn).findLast((found) => found !== undefined);
    if (step !== undefined) progress.detail(image, step);
    // In a workflow each log is printed as a whole, because it can be folded there.
    if (work.verbose && !context.isWorkflow && lines.length > 0)
      note(lines.map((line) => logLine(image.padEnd(width), line, colors.note)).join(""));
  };
  const timer = setInterval(() => {
    for (const image of logs.keys()) look(image);
    progress.tick();
  }, INTERVAL);
  const leave = (image: string) => {
    look(image, true);
    logs.delete(image);
  };
  return {
    phase(image, phase, path) {
      if (!silent && !logs.has(image)) logs.set(image, { path, follower: followed(path) });
      progress.phase(image, phase);
    },
    done(result) {
      const log = logs.get(result.image);
      leave(result.image);
      progress.done(result);
      const isShown = work.verbose || result.outcome === "failed";
      if (context.isWorkflow && log !== undefined && isShown) printGroup(context, result, log.path);
    },
    finish(image, line) {
      leave(image);
      progress.finish(image, line);
    },
    end() {
      clearInterval(timer);
      progress.end();
      screen?.close();
    },
  };
}

/** What is there already belongs to another run. */
function followed(path: string): LogFollower {
  const log = new LogFollower(path);
  log.read({ last: true });
  return log;
}

function printGroup({ annotate, note }: Context, { image }: BuildResult, path: string): void {
  const lines = new LogFollower(path).read({ last: true });
  if (lines.length === 0) return;
  annotate([startGroup(`log of ${image}`)]);
  note(logText(lines, MOST_LINES));
  annotate([endGroup]);
}
