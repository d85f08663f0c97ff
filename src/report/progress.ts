import type { BuildResult } from "../model/plan.js";
import { note } from "./results-text.js";
import { duration } from "./text.js";

export interface ProgressOptions {
  /** How many images there are to look at. */
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
  /** The same for what is no build; `line` is for people, undefined: nothing is to be said. */
  finish(image: string, line: string | undefined): void;
  /** Rewrites the status line; called now and then. */
  tick(): void;
  end(): void;
}

/** A line for each image that is done, and on a terminal a last line of what is going on. */
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
