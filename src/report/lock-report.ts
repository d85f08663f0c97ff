import { andMore, cut, withRest } from "../model/cut.js";
import type { LockChange, LockOutcome, LockResult } from "../model/lock-result.js";
import { type Palette, PLAIN } from "./palette.js";
import { printable } from "./printable.js";
import { plural, table } from "./text.js";

/** The changes of each image, the failures, and a summary. */
export function lockResultText({ images, changed, isMissing }: LockOutcome, palette: Palette = PLAIN): string {
  const shown = images.filter(
    ({ outcome, changes }) => outcome === "removed" || (outcome === "locked" && changes.length > 0),
  );
  const failures = images.filter(({ outcome }) => outcome === "failed");
  const blocks = [
    ...shown.map((result) => changesText(result, palette)),
    ...failures.map((result) => failureText(result, palette)),
    totals(images, changed, isMissing),
  ];
  return `${blocks.join("\n\n")}\n`;
}

/** The images whose entries are not up to date, and what to do about it. */
export function lockCheckText({ images, changed }: LockOutcome, palette: Palette = PLAIN): string {
  const wrong = images.filter(({ outcome }) => outcome === "stale" || outcome === "missing" || outcome === "removed");
  const count = images.filter(({ outcome }) => outcome === "kept").length;
  if (!changed) return `slipway.lock is up to date: ${plural(count, "image")}.\n`;
  const rows = wrong.map(({ image, outcome }) => [
    palette.warning(outcome === "removed" ? "left over" : outcome),
    palette.image(image),
  ]);
  return `${table(rows)}\n\nslipway.lock is not up to date; run \`slipway lock\`.\n`;
}

/** The most lines printed per image; the JSON has all. */
const MOST = 40;

/** If an image has only new packages and more than this, they are counted and not listed. */
const NEW = 8;

function newText(changes: readonly LockChange[]): string {
  const managers = [...new Set(changes.map(({ manager }) => manager))];
  const counts = managers.map(
    (manager) => `${changes.filter((change) => change.manager === manager).length} of ${manager}`,
  );
  return `${plural(changes.length, "package")} (${counts.join(", ")})`;
}

function changesText({ image, outcome, changes }: LockResult, palette: Palette): string {
  if (outcome === "removed") return `${palette.image(image)}: removed`;
  // The packages of an image that enters the lockfile are a long list and no news.
  if (changes.every(({ from }) => from === null) && changes.length > NEW)
    return `${palette.image(image)}: ${newText(changes)}`;
  const { shown, rest } = cut(
    changes.map((change) => changeRow(change, palette)),
    MOST,
  );
  return [palette.image(image), ...withRest({ shown: [table(shown)], rest }, (count) => `  … ${andMore(count)}`)].join(
    "\n",
  );
}

function changeRow({ stage, manager, name, from, to }: LockChange, palette: Palette): string[] {
  const versions =
    from === null ? `${to}` : to === null ? from : from === to ? `${from}, other files` : `${from} → ${to}`;
  const sign = from === null ? palette.success("+") : to === null ? palette.failure("−") : palette.warning("~");
  const cells = [manager, name, stage === undefined ? versions : `${versions} (stage ${stage})`];
  return [sign, ...cells.map((cell) => printable(cell))];
}

function failureText({ image, reason = "", tail = [] }: LockResult, palette: Palette): string {
  return [
    `${palette.failure(`${image} failed:`)} ${printable(reason)}`,
    ...tail.map((line) => `  | ${printable(line, "\t")}`),
  ].join("\n");
}

function totals(images: readonly LockResult[], changed: boolean, isMissing = false): string {
  const parts = (["locked", "kept", "removed", "open", "failed"] as const)
    .map((outcome) => [outcome, images.filter((result) => result.outcome === outcome).length] as const)
    .filter(([, count]) => count > 0)
    .map(([outcome, count]) => `${count} ${outcome}`);
  const file = isMissing
    ? "slipway.lock was not written"
    : changed
      ? "slipway.lock was written"
      : "slipway.lock is unchanged";
  const again = images.some(({ outcome }) => outcome === "failed")
    ? " `slipway lock` tries what failed again: repeat it when the cause is mended."
    : "";
  return `${[file, ...(parts.length === 0 ? [] : [parts.join(", ")])].join(": ")}.${again}`;
}
