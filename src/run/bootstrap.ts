import { bootstrapArguments } from "../model/bootstrap.js";
import { EPOCH } from "../model/build-environment.js";
import type { Bootstrap } from "../model/definition.js";
import { lastLines, run } from "./process.js";
import { type Job, StepFailure } from "./runner.js";

/** Seconds. */
const TIMEOUT = 1800;

/**
 * Makes `rootfs.tar` in a build context. The archive is the same bit for bit whenever the mirror is the same: mmdebstrap
 * leaves out what varies when SOURCE_DATE_EPOCH is set. Raises StepFailure.
 */
export async function bootstrap(
  spec: Bootstrap,
  context: string,
  { signal, log, aptSources }: Job & { readonly aptSources: string | undefined },
): Promise<void> {
  const target = `${context}/rootfs.tar`;
  const mirror = aptSources === undefined ? [] : [aptSources];
  const hooks = aptSources === undefined ? [] : await restoreSources(spec.suite, context);
  const args = [...hooks, ...bootstrapArguments(spec), target, ...mirror];
  const env = { SOURCE_DATE_EPOCH: String(EPOCH), TMPDIR: context };
  // Not --quiet: that keeps apt's own words back, which alone say what is wrong.
  const made = await run("mmdebstrap", args, { signal, log, env, timeout: TIMEOUT });
  if (made.exitCode === 0) return;
  if (signal.aborted) throw new StepFailure("INTERRUPTED", "interrupted");
  const why = made.notStarted ?? (made.timedOut ? `no end within ${TIMEOUT} s` : firstError(made.stderr));
  throw new StepFailure("BOOTSTRAP_FAILED", `mmdebstrap: ${why}`, lastLines(made.stderr));
}

/** What went wrong first; what comes after it is only that apt-get, and then mmdebstrap, failed. */
function firstError(stderr: string): string {
  const lines = lastLines(stderr);
  return lines.find((line) => line.startsWith("E: "))?.slice("E: ".length) ?? lines.at(-1) ?? "it said nothing";
}

/**
 * A mirror of this machine's own must not stay in the image: the sources end as mmdebstrap writes them when it is told of
 * none. It is asked for them by a bootstrap that stops before it fetches anything.
 */
async function restoreSources(suite: string, context: string): Promise<string[]> {
  const file = `${context}/../sources.list`;
  const stop = `--setup-hook=cp "$1"/etc/apt/sources.list '${file}'; exit 1`;
  await run("mmdebstrap", ["--quiet", "--variant=custom", stop, suite, "/dev/null"], { timeout: 60 });
  // The mirror's own file lies beside the one that the image shall have.
  return [
    `--customize-hook=rm -f "$1"/etc/apt/sources.list.d/*`,
    `--customize-hook=upload '${file}' /etc/apt/sources.list`,
  ];
}
