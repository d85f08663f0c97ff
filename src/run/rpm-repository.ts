import { lastLines, run } from "./process.js";
import { type Job, StepFailure } from "./runner.js";

/** Makes a repository of the packages in a directory. Raises StepFailure. */
export async function makeRpmRepository(directory: string, { signal, log }: Job): Promise<void> {
  const finished = await run("createrepo_c", ["--quiet", directory], { signal, log, timeout: 600 });
  if (finished.exitCode === 0) return;
  if (signal.aborted) throw new StepFailure("INTERRUPTED", "interrupted");
  const install = "locked packages of dnf take createrepo_c: apt-get install -y --no-install-recommends createrepo-c";
  // setpriv starts it, so it is setpriv that reports it as missing.
  const missing = finished.notStarted !== undefined || finished.exitCode === 127;
  const why = lastLines(finished.stderr, 1)[0] ?? `exit code ${finished.exitCode}`;
  throw new StepFailure("BUILD_FAILED", missing ? install : `createrepo_c: ${why}`);
}
