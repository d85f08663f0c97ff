import type { BuildResult } from "../model/plan.js";
import { note } from "./results-text.js";
import { duration } from "./text.js";

export interface ProgressOptions {
  /** The number of images in the run. */
  readonly total: number;
  /** Width of the terminal; undefined: plain lines, and no line is ever rewritten. */
  readonly columns: number | undefined;
  readonly write: (text: string) => void;
  /** Seconds. */
  readonly clock: () => number;
}

export interface Progress {
  phase(image: string, phase: string): void;
  done(result: BuildResult): void;
  /** The same for other work than builds; `line` is for people, undefined prints nothing. */
  finish(image: string, line: string | undefined): void;
  /** Rewrites the status line; to be called regularly. */
  tick(): void;
  end(): void;
}

/** Prints a line for each finished image, and on a terminal a status line below them. */
export function createProgress({ total, columns, write, clock }: ProgressOptions): Progress {
  const active = new Map<string, { phase: string; since: number }>();
  let finished = 0;
  let shown = false;
  const clear = () => {
    if (shown) write("\r\u001b[2K");
    shown = false;
  };
  const status = () => {
    if (columns === undefined) return;
    clear();
    if (active.size === 0) return;
    const items = [...active].map(([image, { phase, since }]) => `${phase} ${image} ${Math.round(clock() - since)} s`);
    write(`[${finished}/${total}] ${items.join(", ")}`.slice(0, columns - 1));
    shown = true;
  };
  const finish = (image: string, line: string | undefined) => {
    finished += 1;
    active.delete(image);
    clear();
    if (line !== undefined) write(`${line}\n`);
    status();
  };
  return {
    finish,
    phase(image, phase) {
      const { since } = active.get(image) ?? { since: clock() };
      active.set(image, { phase, since });
      const isStart = phase === "building" || phase === "resolving";
      if (columns === undefined && isStart) write(`${phase.padEnd(10)} ${image}\n`);
      status();
    },
    done(result) {
      const isSilent = result.outcome === "unchanged" && result.reasons.length === 0;
      finish(result.image, isSilent ? undefined : doneLine(result));
    },
    tick: status,
    end: clear,
  };
}

function doneLine(result: BuildResult): string {
  const time = result.seconds > 0 ? ` in ${duration(result.seconds)}` : "";
  const remark = note(result);
  return `${result.outcome.padEnd(10)} ${result.image} ${result.version}${time}${remark ? `: ${remark}` : ""}`;
}
