import { chmod, mkdir, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { bootstrapArguments } from "../model/bootstrap.js";
import type { AptBootstrap } from "../model/definition.js";
import type { ImageName } from "../model/names.js";
import { makeDirectory } from "../system/make-directory.js";
import { bootstrap } from "./bootstrap.js";
import { lastLines, run } from "./process.js";
import { StepFailure } from "./runner.js";

/** Seconds. */
const TIMEOUT = 1800;

export interface BootstrapQuestion {
  /** An empty directory, which gets `files/` and `report`. */
  readonly directory: string;
  /** apt_preferences(5): the versions to keep where possible; undefined: none. */
  readonly preferences: string | undefined;
  /** A sources.list of this machine, used as mirror. */
  readonly aptSources: string | undefined;
  /** Shell script that prints the facts about the package `$file` in `$dir/files`. */
  readonly print: string;
  readonly log: string;
  readonly signal: AbortSignal;
}

/**
 * Makes a root file system to learn which packages it is made of. Only mmdebstrap knows: it fetches them in several steps, the last of
 * them from inside. Returns the path of the root file system's archive; undefined: preferences are in it, so it is of no use. Raises
 * StepFailure.
 */
export async function bootstrapPackages(spec: AptBootstrap, question: BootstrapQuestion): Promise<string | undefined> {
  const { directory, preferences, aptSources, print, signal, log } = question;
  const collect = join(directory, "files");
  const context = join(directory, "context");
  // apt drops its rights only where its user gets through, and that shows in the root file system.
  await chmod(directory, 0o755);
  makeDirectory(collect);
  await mkdir(context);
  if (preferences === undefined)
    await bootstrap(spec, context, { ...NO_DNF, aptSources, collect, name: BOOTSTRAP, log, signal });
  else await makeWith(preferences, spec, question);
  const files = (await readdir(collect)).sort();
  const lines = `dir=$1; shift; for file; do printf 'File: %s\\n' "$file"; ${print}; done > "$dir/report"`;
  check(await run("/bin/sh", ["-euc", lines, "sh", directory, ...files], { signal, log }), "dpkg-deb", signal);
  return preferences === undefined ? join(context, "rootfs.tar") : undefined;
}

const NO_DNF = { yumRepos: undefined, caBundle: undefined };
const BOOTSTRAP = "bootstrap" as ImageName;

async function makeWith(preferences: string, spec: AptBootstrap, question: BootstrapQuestion): Promise<void> {
  const { directory, aptSources, signal, log } = question;
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
