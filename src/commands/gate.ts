import { type GateRunOptions, publishGate, runCodeowners, runGate } from "../app/gate/gate.js";
import type { Context } from "../context.js";
import { CommandError, EXIT, type ExitCode } from "../exit.js";
import { publicationsText } from "../report/gate/publications.js";

export interface GateOptions extends Omit<GateRunOptions, "base"> {
  readonly base?: string;
  readonly publish?: string;
  readonly pull?: number;
  readonly codeowners?: boolean;
  readonly check?: boolean;
}

/** What a change would do, who has to approve it, and whether its images build: for the pull request that proposes it. */
export async function run(context: Context, options: GateOptions): Promise<ExitCode> {
  const { base, publish, codeowners = false } = options;
  const wanted = [base !== undefined, publish !== undefined, codeowners].filter(Boolean);
  if (wanted.length !== 1) {
    throw new CommandError(
      EXIT.usage,
      "gate takes one of --base REF, --publish FILE and --codeowners",
      "on a laptop: slipway gate --base origin/main",
    );
  }
  if (codeowners) return runCodeowners(context, options.check ?? false);
  if (publish === undefined) return runGate(context, { ...options, base: base ?? "" });
  const publications = await publishGate(context, { ...options, publish });
  context.out(context.json ? `${JSON.stringify({ publications }, null, 2)}\n` : publicationsText(publications));
  return publications.some(({ failures }) => failures.length > 0) ? EXIT.unavailable : EXIT.done;
}
