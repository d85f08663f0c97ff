import type { BuildResult } from "../model/plan.js";
import { reasonsText } from "./plan-text.js";
import { printable } from "./printable.js";
import { duration, plural, size, table } from "./text.js";

/** The table after a build, the failures with the last lines of their logs, and a summary. */
export function resultsText(results: readonly BuildResult[], seconds: number, dryRun: boolean): string {
  const shown = results.filter(({ outcome, reasons }) => outcome !== "unchanged" || reasons.length > 0);
  const failures = results.filter(({ outcome, error }) => outcome === "failed" && error);
  const blocks = [
    ...(shown.length > 0 ? [table(shown.map((result) => resultRow(result, dryRun)))] : []),
    ...failures.map(failureText),
    totals(results, seconds, dryRun),
  ];
  return `${blocks.join("\n\n")}\n`;
}

function resultRow(result: BuildResult, dryRun: boolean): string[] {
  const { image, version, imageId, seconds, bytes } = result;
  return [
    dryRun && result.outcome === "built" ? "would build" : result.outcome,
    `${image} ${version}`,
    dryRun ? "" : (imageId?.slice(7, 19) ?? ""),
    bytes === null || dryRun ? "" : size(bytes),
    seconds > 0 && !dryRun ? duration(seconds) : "",
    note(result),
  ];
}

/** What the outcome alone does not tell. */
export function note({ outcome, reasons, error, isolation }: BuildResult): string {
  if (error) return printable(error.message);
  const cutOff = outcome === "unchanged" && reasons.some(({ code }) => code === "PARENT" || code === "STAGE");
  if (cutOff) return "its parent came out identical";
  if (outcome === "retagged") return reasonsText(reasons);
  return isolation === "chroot" ? "with chroot isolation" : "";
}

function failureText({ image, error }: BuildResult): string {
  // The output of a build is untrusted: escape sequences, or `::command::`, which GitHub Actions obeys at the start of a line.
  const tail = (error?.tail ?? []).map((line) => `  | ${printable(line, "\t")}`);
  return [
    `${image} failed: ${printable(error?.message ?? "")}`,
    ...tail,
    ...(error?.log ? [`  log: ${error.log}`] : []),
  ].join("\n");
}

function totals(results: readonly BuildResult[], seconds: number, dryRun: boolean): string {
  const count = (outcome: BuildResult["outcome"]) => results.filter((result) => result.outcome === outcome).length;
  const words: Partial<Record<BuildResult["outcome"], string>> = dryRun
    ? { built: "to build", retagged: "to retag" }
    : {};
  const parts = (["built", "retagged", "unchanged", "skipped", "failed"] as const)
    .filter((outcome) => count(outcome) > 0)
    .map((outcome) => `${count(outcome)} ${words[outcome] ?? outcome}`);
  if (parts.length === 1 && count("unchanged") > 0)
    return `Nothing to do: ${plural(results.length, "image")} unchanged (${duration(seconds)}).`;
  return dryRun ? `Dry run, nothing was changed: ${parts.join(", ")}.` : `${parts.join(", ")} in ${duration(seconds)}.`;
}
