import { lastLines, run } from "./process.js";
import { type Job, StepFailure } from "./runner.js";

/** Ends the control data of one file: no line of control data can look like this. */
const END = "\f";

const EACH = `for file in "$@"; do dpkg-deb --field "$file"; printf '${END}\\n'; done`;

/** Files of one call: a command line has a limit. */
const AT_ONCE = 500;

/** Control data of package files, in their order. Raises StepFailure. */
export async function readDebs(paths: readonly string[], { signal, log }: Job): Promise<string[]> {
  const controls: string[] = [];
  for (let at = 0; at < paths.length; at += AT_ONCE) {
    const part = paths.slice(at, at + AT_ONCE);
    const read = await run("sh", ["-ec", EACH, "sh", ...part], { signal, log, timeout: 600 });
    if (signal.aborted) throw new StepFailure("INTERRUPTED", "interrupted");
    if (read.exitCode !== 0) {
      const why = lastLines(read.stderr, 1)[0] ?? `exit code ${read.exitCode}`;
      throw new StepFailure("BUILD_FAILED", `cannot read the locked packages of apt: dpkg-deb: ${why}`);
    }
    controls.push(...read.stdout.split(`${END}\n`).slice(0, part.length));
  }
  return controls;
}
