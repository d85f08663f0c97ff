import { chmod, mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { EPOCH } from "../model/build-environment.js";
import type { DnfBootstrap } from "../model/definition.js";
import { makeDirectory } from "../system/make-directory.js";
import { type Finished, lastLines, run } from "./process.js";
import { type Job, StepFailure } from "./runner.js";

export interface DnfNeeds {
  readonly yumRepos: string | undefined;
  readonly caBundle: string | undefined;
  /** A .repo file of locked packages on this machine; then no others are available. */
  readonly repository?: string;
  /** true: without the network. */
  readonly offline?: boolean;
}

/** Seconds. */
const TIMEOUT = 1800;

/** Where rpm keeps its database since Fedora 36; it is moved where the root file system's own rpm expects it elsewhere. */
const DATABASE = "/usr/lib/sysimage/rpm";

/**
 * Scripts of packages find the machine's devices and processes, as in any container. The mounts are in a name space of their own
 * and end with it, so that removing the root file system can never reach what is mounted. `$0` is the root file system.
 */
const INSTALL = `set -e
mkdir -p "$0/dev" "$0/proc"
mount --rbind /dev "$0/dev"
mount --rbind /proc "$0/proc"
exec "$@"`;

/** What varies from run to run, and what belongs to the machine that installed. */
const VOLATILE = [
  ...["var/cache/slipway", "var/log/dnf*", "var/log/hawkey*", "var/log/tdnf*", "var/lib/dnf/history.sqlite*"],
  ...["var/lib/dnf/repos", "usr/lib/sysimage/libdnf5/transaction_history.sqlite*", "usr/lib/sysimage/tdnf/history.db*"],
  ...["var/lib/tdnf/history.db*", "var/cache/ldconfig/aux-cache", "var/lib/dbus/machine-id"],
  "var/lib/systemd/random-seed",
];

/**
 * Only find(1) looks at the files, because it follows no link out of the root file system. rpm ends with an empty write-ahead log, so
 * that its files can go. Then the database goes to where the root file system's own rpm looks for it. `$0` is the root file
 * system, `$1` the database.
 */
const TIDY = `set -e
cd "$0"
find . \\( ${VOLATILE.map((path) => `-path './${path}'`).join(" -o ")} \\) -prune -exec rm -rf {} +
find . -path ./etc/machine-id -type f -exec truncate --size 0 {} +
if [ -n "$(find . -path ".$1/rpmdb.sqlite-wal" -type f -size 0)" ]; then
  find . -path ".$1/rpmdb.sqlite-*" -type f -delete
fi
own=$(chroot . rpm --eval '%_dbpath' 2>/dev/null) || own=$1
case $own in
"$1" | [!/]*) exit 0 ;;
esac
chroot . sh -ec 'mkdir -p "$1"
if [ -e "$1/rpmdb.sqlite" ]; then exit 0; fi
for file in "$0"/* "$0"/.[!.]*; do
  if [ -e "$file" ]; then mv "$file" "$1/"; fi
done
rmdir "$0"' "$1" "$own"
`;

/** Installs into an empty directory by dnf, or by tdnf where only that is there, and packs it. Raises StepFailure. */
export async function dnfBootstrap(spec: DnfBootstrap, context: string, job: Job & DnfNeeds): Promise<void> {
  const { program, root, options, limits } = await prepare(spec, dirname(context), job);
  const command = [program, ...options, "install", ...[...spec.packages].sort()];
  const apart = job.offline ? ["--mount", "--net"] : ["--mount"];
  ended(program, await run("unshare", [...apart, "sh", "-c", INSTALL, root, ...command], limits), job);
  ended("sh", await run("sh", ["-c", TIDY, root, DATABASE], limits), job);
  ended("tar", await run("tar", tarArguments(root, join(context, "rootfs.tar")), limits), job);
}

export interface DnfDownload {
  /** Specifications of exact packages. */
  readonly specs: readonly string[];
  /** An empty directory for what dnf needs. */
  readonly work: string;
  /** Where the files go, with those of packages that these need. */
  readonly directory: string;
}

/** Fetches packages of a bootstrap and installs nothing. Packages that no longer exist are left out. Raises StepFailure. */
export async function dnfDownload(
  spec: DnfBootstrap,
  { specs, work, directory }: DnfDownload,
  job: Job & DnfNeeds,
): Promise<void> {
  const { program, options, limits } = await prepare(spec, work, job);
  const only =
    program === "dnf" ? [`--setopt=destdir=${directory}`, "--setopt=strict=0"] : ["--downloaddir", directory];
  const command = [...options, ...only, "--downloadonly", "install", ...specs];
  ended(program, await run(program, command, limits), job);
}

async function prepare(spec: DnfBootstrap, work: string, job: Job & DnfNeeds) {
  const program = await findProgram();
  const root = join(work, "rootfs");
  await mkdir(root, { mode: 0o755 });
  // Not what the umask makes of it: it becomes the image's own root directory.
  await chmod(root, 0o755);
  const home = join(work, program);
  await writeConfiguration(spec, home, job);
  const env = { SOURCE_DATE_EPOCH: String(EPOCH), HOME: home, PYTHONDONTWRITEBYTECODE: "1", LC_ALL: "C.UTF-8" };
  const weak = program === "dnf" ? ["--setopt=install_weak_deps=0"] : [];
  const options = ["-y", "-c", join(home, "dnf.conf"), "--installroot", root, "--releasever", spec.releasever, ...weak];
  return { program, root, options, limits: { signal: job.signal, log: job.log, env, timeout: TIMEOUT } };
}

async function findProgram(): Promise<"dnf" | "tdnf"> {
  for (const program of ["dnf", "tdnf"] as const) {
    if ((await run(program, ["--version"])).exitCode === 0) return program;
  }
  const message = "neither dnf nor tdnf is installed on this machine: apt-get install -y --no-install-recommends dnf";
  throw new StepFailure("BOOTSTRAP_FAILED", message);
}

/**
 * Keeps out what this machine has for itself: no configuration, repositories, variables, plugins, cache. Paths are inside the
 * root file system, where they are tidied away; `.rpmmacros` is in the home that rpm is given, because Debian's rpm would
 * put the database into root's home.
 */
async function writeConfiguration(spec: DnfBootstrap, home: string, needs: DnfNeeds): Promise<void> {
  const ca = needs.caBundle === undefined ? [] : [`sslcacert=${needs.caBundle}`];
  const repositories = spec.repositories.flatMap(({ name, url, gpgkey }) => [
    `[${name}]`,
    `name=${name}`,
    `baseurl=${url}`,
    "enabled=1",
    ...(gpgkey === undefined ? ["gpgcheck=0"] : ["gpgcheck=1", `gpgkey=${gpgkey}`]),
    ...ca,
  ]);
  const directory = join(home, "repos");
  const main = [
    "[main]",
    "cachedir=/var/cache/slipway",
    "logdir=/var/log",
    "plugins=0",
    "keepcache=0",
    `reposdir=${directory}`,
    `repodir=${directory}`,
    `varsdir=${join(home, "vars")}`,
    "gpgcheck=0",
    ...ca,
  ];
  makeDirectory(directory);
  await mkdir(join(home, "vars"));
  await writeFile(join(home, "dnf.conf"), `${main.join("\n")}\n`);
  const instead = needs.repository ?? needs.yumRepos;
  const text = instead === undefined ? `${repositories.join("\n")}\n` : await readFile(instead, "utf8");
  await writeFile(join(directory, "slipway.repo"), text, { mode: 0o600 });
  await writeFile(join(home, ".rpmmacros"), `%_dbpath ${DATABASE}\n`);
}

/** One archive for one content: names in order, no times, numbers for owners. Mount points stay empty. */
function tarArguments(root: string, target: string): string[] {
  return [
    ...["--create", "--file", target, "--directory", root, "--sort=name", `--mtime=@${EPOCH}`, "--numeric-owner"],
    ...["--format=posix", "--pax-option=exthdr.name=%d/PaxHeaders/%f,delete=atime,delete=ctime"],
    ...["--xattrs", "--xattrs-include=security.capability"],
    ...["dev", "proc", "sys", "run"].map((name) => `--exclude=./${name}/*`),
    ".",
  ];
}

function ended(program: string, { exitCode, stderr, notStarted, timedOut }: Finished, { signal }: Job): void {
  if (exitCode === 0) return;
  if (signal.aborted) throw new StepFailure("INTERRUPTED", "interrupted");
  const why = notStarted ?? (timedOut ? `no end within ${TIMEOUT} s` : firstError(stderr));
  throw new StepFailure("BOOTSTRAP_FAILED", `${program}: ${why}`, lastLines(stderr));
}

/** dnf's own message about what is wrong; what it tried stands behind it. */
function firstError(stderr: string): string {
  const lines = lastLines(stderr);
  const error = lines.find((line) => line.startsWith("Error: ") && line.length > "Error: ".length);
  return error?.slice("Error: ".length) ?? lines.at(-1)?.trim() ?? "it said nothing";
}
