import { cutWidth } from "./cut-width.js";
import type { Palette } from "./palette.js";
import { elapsed, roughly, table } from "./text.js";

/** An image that is being worked on, as it is drawn. */
export interface RunningImage {
  readonly name: string;
  /** Name and version. */
  readonly title: string;
  readonly phase: string;
  /** What is known beyond the phase: `step 3/7`; may be empty. */
  readonly detail: string;
  /** Seconds. */
  readonly elapsed: number;
  /** Seconds that it took in the past; undefined: unknown. */
  readonly estimate: number | undefined;
}

export interface LiveFrame {
  readonly running: readonly RunningImage[];
  readonly done: number;
  readonly total: number;
  /** Seconds of the whole run, and those that are left; undefined: unknown. */
  readonly elapsed: number;
  readonly left: number | undefined;
}

export interface FrameSize {
  readonly columns: number;
  readonly rows: number;
  /** Columns of the phases and the titles, so that running images stand below finished ones. */
  readonly widths: readonly number[];
}

/** Columns below which there is no room for a table. */
export const NARROW = 60;

/** What is drawn at the end of a terminal: a line an image, and the total. No line is as wide as the terminal. */
export function liveFrame(frame: LiveFrame, { columns, rows, widths }: FrameSize, palette: Palette): string {
  // The last row is where the cursor stands.
  const room = rows - 2;
  const { running } = frame;
  if (room < 0) return "";
  const shown = running.length <= room ? running : running.slice(0, Math.max(0, room - 1));
  const more = running.length - shown.length;
  const lines =
    columns < NARROW
      ? shown.map((image) => `${image.title} ${image.detail || image.phase} ${elapsed(image.elapsed)}`)
      : table(shown.map(runningRow), widths).split("\n");
  const fitted = lines.filter((line) => line !== "").map((line) => cutWidth(line, columns - 1));
  return [
    ...fitted.map((line, index) => emphasized(line, shown[index], palette)),
    ...(more > 0 && room > 0 ? [palette.faint(cutWidth(`  … and ${more} more running`, columns - 1))] : []),
    palette.strong(cutWidth(totalLine(frame, columns), columns - 1)),
  ].join("\n");
}

const runningRow = ({ phase, title, detail, elapsed: seconds, estimate }: RunningImage) => [
  phase,
  title,
  detail,
  estimate === undefined ? elapsed(seconds) : `${elapsed(seconds)} of ~${roughly(estimate)}`,
];

/** Styled last, because a line that was cut may end anywhere. */
const emphasized = (line: string, image: RunningImage | undefined, palette: Palette) =>
  image === undefined ? line : line.replace(image.name, (name) => palette.image(name));

function totalLine({ done, total, elapsed: seconds, left }: LiveFrame, columns: number): string {
  if (columns < NARROW) return `${done}/${total} ${elapsed(seconds)}`;
  const rest = left === undefined || left < 1 ? [] : [`about ${roughly(left)} left`];
  return `  ${[`${done} of ${total} done`, elapsed(seconds), ...rest].join(" · ")}`;
}
