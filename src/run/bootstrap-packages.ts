import { mkdir, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { bootstrapArguments } from "../model/bootstrap.js";
import type { AptBootstrap } from "../model/definition.js";
import { lastLines, run } from "./process.js";
import { StepFailure } from "./runner.js";

/** Seconds. */
const TIMEOUT = 1800;

export interface BootstrapQuestion {
  /** An empty directory, which gets `files/` and `report`. */
  readonly directory: string;
  /** apt_preferences(5): the versions to keep where possible. */
  readonly preferences: string;
  /** A sources.list of this machine, used as mirror. */
  readonly aptSources: string | undefined;
  /** Shell script that prints the facts about the package `$file` in `$dir/files`. */
  readonly print: string;
  readonly log: string;
  readonly signal: AbortSignal;
}

/**
 * Makes a root file system and keeps only the packages that it was made of. Only mmdebstrap knows which these are: it fetches them in
 * several steps, the last of them from inside. Raises StepFailure.
 */
export async function bootstrapPackages(spec: AptBootstrap, question: BootstrapQuestion): Promise<void> {
  const { directory, preferences, aptSources, print, signal, log } = question;
  await mkdir(join(directory, "files"), { recursive: true });
  const pins = join(directory, "preferences");
  await writeFile(pins, preferences);
  const args = [
    ...["--format=null", "--skip=essential/unlink"],
    `--setup-hook=mkdir -p "$1"/etc/apt/preferences.d && cp '${pins}' "$1"/etc/apt/preferences.d/slipway`,
    `--customize-hook=cp "$1"/var/cache/apt/archives/*.deb '${directory}/files/'`,
    ...bootstrapArguments(spec),
    "/dev/null",
    ...(aptSources === undefined ? [] : [aptSources]),
  ];
  const finished = await run("mmdebstrap", args, { signal, log, env: { TMPDIR: directory }, timeout: TIMEOUT });
  check(finished, "mmdebstrap", signal);
  const files = (await readdir(join(directory, "files"))).sort();
  const lines = `dir=$1; shift; for file; do printf 'File: %s\\n' "$file"; ${print}; done > "$dir/report"`;
  check(await run("/bin/sh", ["-euc", lines, "sh", directory, ...files], { signal, log }), "dpkg-deb", signal);
}

function check(
  { exitCode, stderr, notStarted, timedOut }: Awaited<ReturnType<typeof run>>,
  program: string,
  signal: AbortSignal,
) {
  if (exitCode === 0) return;
  if (signal.aborted) throw new StepFailure("INTERRUPTED", "interrupted");
  const lines = lastLines(stderr);
  const first = lines.find((line) => line.startsWith("E: "))?.slice("E: ".length) ?? lines.at(-1) ?? "it said nothing";
  const why = notStarted ?? (timedOut ? `no end within ${TIMEOUT} s` : first);
  throw new StepFailure("BOOTSTRAP_FAILED", `${program}: ${why}`, lines);
}
