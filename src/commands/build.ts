import { type BuildOptions, buildImages } from "../building.js";
import type { Context } from "../context.js";
import { EXIT, type ExitCode } from "../exit.js";
import { resultsText } from "../report/results-text.js";
import { isOutsideNamespace, rerunInNamespace } from "../run/user-namespace.js";

/** Builds, tests and publishes what the plan says. */
export async function run(context: Context, options: BuildOptions, names: readonly string[]): Promise<ExitCode> {
  if (!options.dryRun && isOutsideNamespace(context.env)) {
    return (await rerunInNamespace([process.execPath, ...process.argv.slice(1)])) as ExitCode;
  }
  const started = context.clock();
  const results = await buildImages(context, options, names);
  if (context.json) context.out(`${JSON.stringify({ results }, null, 2)}\n`);
  else context.out(resultsText(results, context.clock() - started, options.dryRun ?? false));
  if (context.signal.aborted) return EXIT.interrupted;
  return results.some(({ outcome }) => outcome === "failed") ? EXIT.failed : EXIT.done;
}
