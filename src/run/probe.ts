import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Isolation } from "../model/build-environment.js";
import type { Finding } from "../model/finding.js";
import { readCache, writeCache } from "../system/cache-file.js";
import { makeDirectory } from "../system/make-directory.js";
import type { BuildSystem } from "./build-system.js";
import { OFFLINE } from "./buildah.js";
import { idFinding } from "./probe-ids.js";
import { findProgram, INSTALL, neededPrograms, programFinding, programVersion } from "./probe-programs.js";
import { lastLines, type RunOptions, run } from "./process.js";
import { isOutsideNamespace, isRootless } from "./user-namespace.js";
import { withEmptyStorage } from "./wipe-storage.js";

export interface Probed {
  /** undefined: this machine cannot build; the findings say why. */
  readonly system?: BuildSystem;
  readonly findings: readonly Finding[];
}

const FORMAT = "probe 1";

/** Oldest Buildah that knows --omit-history and --identity-label. */
const OLDEST = [1, 28] as const;

/** What is probed. The directories are of Slipway's own. */
export interface ProbeRequest {
  readonly storage: string;
  readonly runroot: string;
  readonly isolation: ChosenIsolation;
  /** Where Buildah keeps temporary files, so that those of a killed Buildah can be found. */
  readonly temporary: string;
  /** An interrupted probe says nothing about the machine. */
  readonly signal: AbortSignal;
}

export interface ChosenIsolation {
  readonly kind: Isolation;
  /** Who chose it, for messages: `--isolation` or `slipway.yaml`. */
  readonly by: string;
}

/**
 * The result of the last probe where nothing that it depends on has changed since: the programs, the storage, the isolation that was
 * chosen, and the machine's last start. Trying a runtime takes half a second, and where the first one fails a second one is tried.
 * A runtime that broke since fails the builds that need it: nothing falls back to another isolation.
 */
export async function probeOnce(request: ProbeRequest, cacheFile: string): Promise<Probed> {
  const state = machineState(request);
  const cached = await readCache<{ state: string; probed: Probed }>(cacheFile, FORMAT);
  if (cached?.state === state) {
    makeDirectory(request.runroot, 0o700);
    return cached.probed;
  }
  const probed = await probe(request);
  // What failed may do so for a reason that passes.
  if (probed.system !== undefined) await writeCache(cacheFile, FORMAT, { state, probed });
  return probed;
}

function machineState({ storage, isolation }: ProbeRequest): string {
  const programs = ["buildah", "setpriv", "newuidmap", "crun", "runc", "mmdebstrap", "git", "unshare", "ip"].map(
    (name) => {
      const path = findProgram(name);
      return path === undefined ? null : [path, statSync(path).mtimeMs, statSync(path).size];
    },
  );
  const boot = existsSync(BOOT_ID) ? readFileSync(BOOT_ID, "utf8").trim() : "";
  return JSON.stringify([storage, isolation, isRootless(process.env), boot, programs]);
}

const BOOT_ID = "/proc/sys/kernel/random/boot_id";

/** Finds out what this machine has for building. Fails with the signal's reason when it is interrupted. */
export async function probe(request: ProbeRequest): Promise<Probed> {
  const { storage, runroot, temporary, isolation: chosen, signal } = request;
  makeDirectory(runroot, 0o700);
  const needed = neededPrograms();
  const [buildah, git] = await Promise.all([programVersion("buildah"), programVersion("git")]);
  // Printing its version takes it half a second.
  const mmdebstrap = findProgram("mmdebstrap");
  const ids = buildah === undefined || needed.length > 0 ? undefined : await idFinding(process.env);
  const offline = await offlineFinding(ids);
  const findings: Finding[] = [
    ...needed,
    programFinding("git", git, "git"),
    programFinding("mmdebstrap", mmdebstrap, "mmdebstrap", "only images with `bootstrap` need it"),
    offline,
    buildahFinding(buildah),
    ...(ids === undefined ? [] : [ids]),
  ];
  if (buildah === undefined || needed.length > 0) return { findings };
  if (!findings.every(({ what, ok }) => ok || what !== "buildah")) return { findings };
  if (ids?.ok === false) return { findings };
  const own = { signal, env: { TMPDIR: temporary } };
  // Beside what is in the storage, which says nothing about the machine and belongs to other runs as well.
  const { driver, isolation } = await withEmptyStorage({ storage, runroot }, async (empty) => {
    const driver = await probeDriver(empty.storage, empty.runroot, own);
    if (driver.name === undefined) return { driver };
    const global = ["--root", empty.storage, "--runroot", empty.runroot, "--storage-driver", driver.name];
    return { driver, isolation: chosen.kind === "chroot" ? chrootIsolation(chosen) : await probeRuntimes(global, own) };
  });
  signal.throwIfAborted();
  findings.push(driver.finding);
  if (isolation === undefined) return { findings };
  findings.push(isolation.finding);
  if (!isolation.finding.ok) return { findings };
  const { runtime } = isolation;
  const system: BuildSystem = {
    buildahVersion: buildah,
    isolation: chosen.kind,
    ...(runtime === undefined ? {} : { runtime }),
    storage: { root: storage, runroot, driver: driver.name },
    ...(offline.ok ? {} : { noOffline: `${offline.found}${offline.advice ? `; ${offline.advice}` : ""}` }),
  };
  return { system, findings };
}

/** Whether a build can be cut off from the network. */
async function offlineFinding(ids: Finding | undefined): Promise<Finding> {
  const what = "network off";
  const missing = Object.entries({ unshare: "util-linux", ip: "iproute2" }).find(([name]) => !findProgram(name));
  const note = "images that are built with `network: none` or `packages` need it";
  if (missing)
    return { what, ok: false, found: `${missing[0]} is not installed`, advice: `${INSTALL} ${missing[1]} (${note})` };
  const lacks = findProgram("setpriv") === undefined ? "setpriv" : ids?.ok === false ? ids.what : undefined;
  if (lacks !== undefined) return { what, ok: false, found: `not tried without ${lacks}` };
  const namespace = isOutsideNamespace(process.env) ? ["buildah", "unshare"] : [];
  const [program = "", ...args] = [...namespace, ...OFFLINE, "true"];
  const { exitCode, stderr } = await run(program, args);
  if (exitCode === 0) return { what, ok: true, found: "by unshare" };
  const why = stderr.trim().split("\n")[0] || `exit code ${exitCode}`;
  return { what, ok: false, found: why, advice: note };
}

function buildahFinding(found: string | undefined): Finding {
  if (found === undefined) return programFinding("buildah", found, "buildah");
  const [major = 0, minor = 0] = found.split(".").map(Number);
  const old = major < OLDEST[0] || (major === OLDEST[0] && minor < OLDEST[1]);
  return old
    ? { what: "buildah", ok: false, found, advice: `${OLDEST.join(".")} or newer is needed for reproducible images` }
    : { what: "buildah", ok: true, found };
}

type Own = Pick<RunOptions, "signal" | "env">;

async function probeDriver(storage: string, runroot: string, own: Own) {
  // Without root, native overlay writes attributes of its own (user.overlay.*) into layers, seen with Buildah 1.28.
  for (const name of isRootless(process.env) ? (["vfs"] as const) : (["overlay", "vfs"] as const)) {
    const args = ["--root", storage, "--runroot", runroot, "--storage-driver", name, "info"];
    const { exitCode, stdout, stderr } = await run("buildah", args, own);
    if (exitCode !== 0 && name === "overlay") continue;
    if (exitCode !== 0) {
      return {
        name: undefined,
        finding: { what: "storage", ok: false, found: stderr.trim(), advice: `check ${storage}` },
      };
    }
    return { name, finding: storageFinding(name, stdout) };
  }
  throw new Error("unreachable");
}

function storageFinding(name: "overlay" | "vfs", info: string): Finding {
  if (/fuse-overlayfs/.test(info)) {
    return {
      what: "storage",
      ok: false,
      found: "fuse-overlayfs",
      advice: "it corrupts RPM databases: use native overlay",
    };
  }
  return name === "overlay"
    ? { what: "storage", ok: true, found: "overlay, native" }
    : { what: "storage", ok: true, found: "vfs", advice: "works, about 8 times slower than overlay" };
}

interface ProbedIsolation {
  /** Path of the OCI runtime. */
  readonly runtime?: string;
  readonly finding: Finding;
}

function chrootIsolation({ by }: ChosenIsolation): ProbedIsolation {
  const advice = "commands of images see this machine's processes and may read its files, so build only what you trust";
  return { finding: { what: "isolation", ok: true, found: `chroot, as ${by} says`, advice } };
}

/** Tries each installed OCI runtime on an empty container that borrows this machine's programs. */
async function probeRuntimes(global: readonly string[], own: Own): Promise<ProbedIsolation> {
  const refused: string[] = [];
  let why = "";
  for (const name of ["crun", "runc"]) {
    // By its path: Buildah would look for a name in places of its own, and so run another one than the one that was tried.
    const runtime = findProgram(name);
    if (runtime === undefined) continue;
    const problem = await runtimeProblem(runtime, global, own);
    if (problem === undefined) {
      const found = `oci with ${name}${refused.length > 0 ? ` (${refused.join(", ")} does not work here)` : ""}`;
      return { runtime, finding: { what: "isolation", ok: true, found } };
    }
    refused.push(name);
    why = problem;
  }
  const found =
    refused.length > 0 ? `${refused.join(" and ")} did not start a container: ${why}` : "no OCI runtime is installed";
  const advice = `${INSTALL} runc; \`--isolation chroot\` does without one, but then commands of images see this machine`;
  return { finding: { what: "isolation", ok: false, found, advice } };
}

/** Why it does not start a container; undefined: it does. */
async function runtimeProblem(runtime: string, global: readonly string[], own: Own): Promise<string | undefined> {
  const { exitCode, stdout, stderr } = await run("buildah", [...global, "from", "--quiet", "scratch"], own);
  if (exitCode !== 0) return lastLines(stderr, 1)[0] ?? "Buildah said nothing";
  const container = stdout.trim();
  const borrowed = ["/usr", "/bin", "/lib", "/lib64"].filter((path) => existsSync(path));
  const args = ["run", "--runtime", runtime, "--isolation", "oci", "--network", "host"];
  const volumes = borrowed.flatMap((path) => ["--volume", `${path}:${path}:ro`]);
  const result = await run("buildah", [...global, ...args, ...volumes, container, "--", "/bin/true"], {
    ...own,
    timeout: 60,
  });
  await run("buildah", [...global, "rm", container], { env: own.env ?? {} });
  return result.exitCode === 0 ? undefined : (lastLines(result.stderr, 1)[0] ?? "nothing was said");
}

/** Where Buildah keeps the state of its mounts: a directory that a restart of the machine empties. */
export const runrootFor = (id: string, env: NodeJS.ProcessEnv) =>
  isRootless(env) ? join(env.XDG_RUNTIME_DIR ?? "/tmp", `slipway-${userOf(env)}`, id) : join("/run/slipway", id);

/** The user's number on the machine; in a user namespace everybody is root. */
const userOf = (env: NodeJS.ProcessEnv) => env._CONTAINERS_ROOTLESS_UID ?? String(process.getuid?.() ?? 0);
