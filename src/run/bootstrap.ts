import { bootstrapArguments } from "../model/bootstrap.js";
import { EPOCH } from "../model/build-environment.js";
import type { AptBootstrap, Bootstrap } from "../model/definition.js";
import { OFFLINE } from "./buildah.js";
import { dnfBootstrap } from "./dnf-bootstrap.js";
import { lastLines, run } from "./process.js";
import { type Job, StepFailure } from "./runner.js";

/** Seconds. */
const TIMEOUT = 1800;

/** What this machine has for bootstraps, by path. */
export interface BootstrapNeeds {
  /** Used as mirror by mmdebstrap. */
  readonly aptSources: string | undefined;
  /** A .repo file that dnf uses in place of a definition's repositories. */
  readonly yumRepos: string | undefined;
  readonly caBundle: string | undefined;
  /** The locked packages, and then no others are available: for apt a directory of this machine, for dnf a .repo file. */
  readonly repository?: string;
  /** true: without the network. */
  readonly offline?: boolean;
  /** apt: an existing directory that gets a copy of every package. */
  readonly collect?: string;
}

/** Makes `rootfs.tar` in a build context, bit for bit the same for the same package archive. Raises StepFailure. */
export function bootstrap(spec: Bootstrap, context: string, job: Job & BootstrapNeeds): Promise<void> {
  return spec.manager === "apt" ? aptBootstrap(spec, context, job) : dnfBootstrap(spec, context, job);
}

/** mmdebstrap leaves out what varies when SOURCE_DATE_EPOCH is set. */
async function aptBootstrap(
  spec: AptBootstrap,
  context: string,
  { signal, log, aptSources, repository, collect, offline = false }: Job & BootstrapNeeds,
): Promise<void> {
  const target = `${context}/rootfs.tar`;
  const mirror = repository === undefined ? aptSources : `deb [trusted=yes] copy:${encodeURI(repository)} ./`;
  const hooks = mirror === undefined ? [] : await restoreSources(spec.suite, context);
  const copies = collect === undefined ? [] : collecting(collect);
  const args = [
    ...hooks,
    ...copies,
    ...CLEANING,
    ...bootstrapArguments(spec),
    target,
    ...(mirror === undefined ? [] : [mirror]),
  ];
  const env = { SOURCE_DATE_EPOCH: String(EPOCH), TMPDIR: context };
  // Not --quiet: it suppresses apt's own messages, and only these say what is wrong.
  const [program, ...words] = [...(offline ? OFFLINE : []), "mmdebstrap", ...args] as [string, ...string[]];
  const finished = await run(program, words, { signal, log, env, timeout: TIMEOUT });
  if (finished.exitCode === 0) return;
  if (signal.aborted) throw new StepFailure("INTERRUPTED", "interrupted");
  const why = finished.notStarted ?? (finished.timedOut ? `no end within ${TIMEOUT} s` : firstError(finished.stderr));
  throw new StepFailure("BOOTSTRAP_FAILED", `mmdebstrap: ${why}`, lastLines(finished.stderr));
}

/** mmdebstrap removes the packages at the end, and the essential ones earlier unless it is told otherwise. */
const collecting = (directory: string) => [
  "--skip=essential/unlink",
  `--customize-hook=cp "$1"/var/cache/apt/archives/*.deb '${directory}/'`,
];

/**
 * What apt leaves is removed here, as mmdebstrap would by apt itself: apt gives the directories of unfinished downloads to `_apt` only where
 * that user can reach the root file system, so the same base would have other bytes below a home directory that is closed to others.
 */
const CLEANING = [
  "--skip=cleanup/apt",
  `--customize-hook=${[
    "set -eu",
    'lists="$1"/var/lib/apt/lists archives="$1"/var/cache/apt/archives',
    'find "$lists" "$archives" -mindepth 1 ! -name lock ! -name partial -delete',
    'rm -f "$1"/var/cache/apt/*.bin',
    'user=$(sed -n "s/^_apt:[^:]*:\\([0-9]*\\):.*/\\1/p" "$1"/etc/passwd)',
    'chown "${user:-0}:0" "$lists"/partial "$archives"/partial',
  ].join("; ")}`,
];

/** The first error: those behind it only say that apt-get, and then mmdebstrap, failed. */
function firstError(stderr: string): string {
  const lines = lastLines(stderr);
  return lines.find((line) => line.startsWith("E: "))?.slice("E: ".length) ?? lines.at(-1) ?? "it said nothing";
}

/** Writes the sources.list that mmdebstrap makes for a release. */
export async function defaultSources(suite: string, file: string): Promise<void> {
  const stop = `--setup-hook=cp "$1"/etc/apt/sources.list '${file}'; exit 1`;
  await run("mmdebstrap", ["--quiet", "--variant=custom", stop, suite, "/dev/null"], { timeout: 60 });
}

/**
 * A mirror of this machine must not stay in the image: its sources become those that mmdebstrap writes without a mirror. A bootstrap
 * that stops before it fetches anything tells them.
 */
async function restoreSources(suite: string, context: string): Promise<string[]> {
  const file = `${context}/../sources.list`;
  await defaultSources(suite, file);
  // The mirror's own file lies beside the one that belongs into the image.
  return [
    `--customize-hook=rm -f "$1"/etc/apt/sources.list.d/*`,
    `--customize-hook=upload '${file}' /etc/apt/sources.list`,
  ];
}
