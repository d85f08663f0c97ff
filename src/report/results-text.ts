import type { BuildResult } from "../model/plan.js";
import { failureLines } from "./failure-lines.js";
import { type Palette, PLAIN } from "./palette.js";
import { reasonsText } from "./plan-text.js";
import { printable } from "./printable.js";
import { duration, plural, size, table } from "./text.js";

/** The table after a dry run, and a summary. */
export function dryRunText(results: readonly BuildResult[], seconds: number, palette: Palette = PLAIN): string {
  const rows = results.filter(isNews).map((result) => {
    const { outcome, image, version } = result;
    const what = outcome === "built" ? "would build" : outcome;
    return [styled(what, result, palette), `${palette.image(image)} ${version}`, "", "", "", note(result)];
  });
  const counts = countsOf(results, palette, { built: "to build", retagged: "to retag" });
  const total = isIdle(results) ? idle(results, seconds) : `Dry run, nothing was changed: ${counts}.`;
  return `${[...(rows.length > 0 ? [table(rows)] : []), total].join("\n\n")}\n`;
}

/** What follows the rows of a build: its failures with the last lines of their logs, and a summary. */
export function buildEndText(results: readonly BuildResult[], seconds: number, palette: Palette = PLAIN): string {
  const failures = results.filter(hasCause);
  const total = isIdle(results) ? idle(results, seconds) : `${countsOf(results, palette)} in ${duration(seconds)}.`;
  const gap = results.some(isNews) ? "\n" : "";
  return `${gap}${[...failures.map((result) => failureText(result, palette)), total].join("\n\n")}\n`;
}

/** Columns of a row that is printed before the others are known; the first is as wide as the phases of running images, the
 * second as the names need. */
export const RESULT_WIDTHS: readonly number[] = ["publishing".length, 0, 12, "180.2 MB".length, "1 min 05 s".length];

/** Whether a result is worth a row. */
export const isNews = ({ outcome, reasons }: BuildResult) => outcome !== "unchanged" || reasons.length > 0;

/** The row of a result. The cause of a failure is not in it: it stands at the end, with the log. */
export function resultRow(result: BuildResult, palette: Palette = PLAIN): string[] {
  const { outcome, image, version, imageId, seconds, bytes } = result;
  if (outcome === "skipped" || outcome === "unchanged")
    return [styled(outcome, result, palette), `${palette.image(image)} ${version}`, note(result)];
  return [
    styled(outcome, result, palette),
    `${palette.image(image)} ${version}`,
    palette.faint(imageId?.slice(7, 19) ?? ""),
    bytes === null ? "" : size(bytes),
    seconds > 0 ? duration(seconds) : "",
    hasCause(result) ? "" : note(result),
  ];
}

/** Whether a failure has a cause of its own; that somebody interrupted the build is known. */
const hasCause = ({ outcome, error }: BuildResult) => outcome === "failed" && error?.code !== "INTERRUPTED";

const STYLES = {
  built: "success",
  retagged: "success",
  unchanged: "faint",
  skipped: "warning",
  failed: "failure",
} as const satisfies Record<BuildResult["outcome"], keyof Palette>;

const styled = (text: string, { outcome }: BuildResult, palette: Palette) => palette[STYLES[outcome]](text);

/** What the outcome alone does not tell. */
function note({ outcome, reasons, error, isolation }: BuildResult): string {
  if (error) return printable(error.message);
  const cutOff = outcome === "unchanged" && reasons.some(({ code }) => code === "PARENT" || code === "STAGE");
  if (cutOff) return "its parent came out identical";
  if (outcome === "retagged") return reasonsText(reasons);
  return isolation === "chroot" ? "with chroot isolation" : "";
}

function failureText({ image, error }: BuildResult, palette: Palette): string {
  if (error === undefined) return palette.failure(`${image} failed`);
  const { code, message, tail = [] } = error;
  const [first = ""] = message.split("; ");
  const isBelow = code === "NOT_APPROVED" && tail.some((line) => line.endsWith(first));
  // The lines below say the same, with places.
  const cause = isBelow ? "not approved" : printable(message);
  return [`${palette.failure(`${image} failed:`)} ${cause}`, ...failureLines(error, palette)].join("\n");
}

const isIdle = (results: readonly BuildResult[]) => results.every(({ outcome }) => outcome === "unchanged");

const idle = (results: readonly BuildResult[], seconds: number) =>
  `Nothing to do: ${plural(results.length, "image")} unchanged (${duration(seconds)}).`;

function countsOf(
  results: readonly BuildResult[],
  palette: Palette,
  words: Partial<Record<BuildResult["outcome"], string>> = {},
): string {
  return (["built", "retagged", "unchanged", "skipped", "failed"] as const)
    .map((outcome) => ({ outcome, count: results.filter((result) => result.outcome === outcome).length }))
    .filter(({ count }) => count > 0)
    .map(({ outcome, count }) => palette[STYLES[outcome]](`${count} ${words[outcome] ?? outcome}`))
    .join(", ");
}
