import { type BuildOptions, buildImages } from "../app/build/build.js";
import type { Context } from "../context.js";
import { EXIT, type ExitCode } from "../exit.js";
import { resultsText } from "../report/results-text.js";
import { isOutsideNamespace, rerunInNamespace } from "../run/user-namespace.js";
import { writeWhole } from "../system/write-whole.js";

export interface BuildCommandOptions extends BuildOptions {
  /** A file for the results, as --json prints them. */
  readonly results?: string;
}

/** Builds, tests and publishes what the plan says. */
export async function run(context: Context, options: BuildCommandOptions, names: readonly string[]): Promise<ExitCode> {
  if (!options.dryRun && isOutsideNamespace(context.env)) {
    return (await rerunInNamespace([process.execPath, ...process.argv.slice(1)])) as ExitCode;
  }
  const started = context.clock();
  const results = await buildImages(context, options, names);
  const document = `${JSON.stringify({ results }, null, 2)}\n`;
  if (options.results !== undefined) await writeWhole(options.results, document);
  if (context.json) context.out(document);
  else context.out(resultsText(results, context.clock() - started, options.dryRun ?? false));
  if (context.signal.aborted) return EXIT.interrupted;
  return results.some(({ outcome }) => outcome === "failed") ? EXIT.failed : EXIT.done;
}
