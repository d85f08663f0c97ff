import { join, resolve } from "node:path";
import { type Context, stateRoot } from "../../context.js";
import { EXIT, type ExitCode } from "../../exit.js";
import { workState } from "../../load/git/work-state.js";
import type { GateBuild, GateReport } from "../../model/gate.js";
import { gateMarkdown, SUMMARY_LIMITS } from "../../report/gate/markdown.js";
import { gateText } from "../../report/gate/text.js";
import { diagnosticCommands } from "../../report/workflow-commands.js";
import { reportJson } from "../../report/write-report.js";
import { ignoreState } from "../../run/state-directory.js";
import { replaceFile } from "../../system/replace-file.js";
import { openNamed } from "../plan/plan.js";
import { buildChange, type GateBuildOptions, gateBuilds, readResults, usualRegistry } from "./builds.js";
import { type GatedChange, gateChange } from "./change.js";
import { gateReport } from "./report.js";
import { appendSummary } from "./step-summary.js";

export interface GateRunOptions extends GateBuildOptions {
  readonly base: string;
  /** Omitted: HEAD. */
  readonly head?: string;
  /** The directory for report.json and report.md. */
  readonly out?: string;
  readonly build?: boolean;
  /** Files with the results of other jobs. */
  readonly results?: readonly string[];
}

/** Makes the report of a change, and builds its images on request. */
export async function runGate(context: Context, options: GateRunOptions): Promise<ExitCode> {
  if (options.head === undefined) await noteUncommitted(context);
  const change = await gateChange(context, { base: options.base, head: options.head ?? "HEAD" });
  const report = gateReport(change, await buildsOf(context, change, options));
  if (options.out === undefined) await ignoreState(stateRoot(context));
  await writeReport(resolve(options.out ?? join(stateRoot(context), "gate")), report);
  await appendSummary(context, gateMarkdown(report, { limits: SUMMARY_LIMITS }));
  context.out(context.json ? reportJson(report) : gateText(report, undefined, context.colors.out));
  context.annotate(diagnosticCommands(report.diagnostics));
  if (context.signal.aborted) return EXIT.interrupted;
  if (report.diagnostics.some(({ severity }) => severity === "error")) return EXIT.rejected;
  return report.images.some(({ build }) => build?.outcome === "failed") ? EXIT.failed : EXIT.done;
}

/** A commit is judged, so what is not in it yet is not. */
async function noteUncommitted({ catalogue, note }: Context): Promise<void> {
  // A bare repository has no working tree that could differ.
  const count = (await workState(catalogue))?.edits ?? 0;
  if (count === 0) return;
  const files = count === 1 ? "1 file has" : `${count} files have`;
  note(`${files} uncommitted edits, which are not judged: the gate reads HEAD. \`git commit\` them first.\n`);
}

async function buildsOf(
  context: Context,
  change: GatedChange,
  options: GateRunOptions,
): Promise<ReadonlyMap<string, GateBuild>> {
  const builds = new Map<string, GateBuild>();
  if (options.results !== undefined) {
    const { settings } = change.judgement;
    const reference = options.readFrom ?? usualRegistry(context, settings);
    const published = reference === undefined ? undefined : openNamed(context, reference, options);
    const results = await readResults(options.results);
    for (const [image, build] of await gateBuilds(results, change, { published })) builds.set(image, build);
  }
  if (options.build) for (const [image, build] of await buildChange(context, change, options)) builds.set(image, build);
  return builds;
}

async function writeReport(directory: string, report: GateReport): Promise<void> {
  await replaceFile(join(directory, "report.md"), gateMarkdown(report, {}));
  await replaceFile(join(directory, "report.json"), reportJson(report));
}
