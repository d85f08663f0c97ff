import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { runtimeContainers } from "../../src/run/clean-up.js";
import { mountsBelow, unmount } from "./mounts.js";
import { removeTree } from "./remove-tree.js";

const execute = promisify(execFile);

/** A temporary directory for the catalogues and states of one test file, with an empty home and a plain environment. */
export class Workspace {
  readonly #storages = new Set<string>();

  private constructor(readonly directory: string) {}

  static async create(): Promise<Workspace> {
    const workspace = new Workspace(await mkdtemp(join(tmpdir(), "slipway-e2e-")));
    await mkdir(workspace.path("home"));
    return workspace;
  }

  path(...parts: readonly string[]): string {
    return join(this.directory, ...parts);
  }

  /** The minimal environment that Slipway needs. */
  get env(): Record<string, string> {
    return { PATH: process.env.PATH ?? "/usr/bin:/bin", HOME: this.path("home") };
  }

  /** Registers the storage of a run with this environment for removal at the end. */
  track(catalogue: string, env: Readonly<Record<string, string>>): string {
    const state = env.SLIPWAY_STATE ?? join(catalogue, ".slipway");
    const storage = env.SLIPWAY_STORAGE ?? join(state, "storage");
    this.#storages.add(storage);
    return storage;
  }

  /** Programs that record that they were called, and then do their normal work. The first call creates them. */
  async spy(...programs: readonly string[]): Promise<{ path: string; calls: () => Promise<string[]> }> {
    const directory = await mkdtemp(this.path("spy-"));
    const log = join(directory, "calls.log");
    for (const program of programs) {
      const { stdout } = await execute("/bin/sh", ["-c", 'command -v "$1"', "sh", program]);
      const script = `#!/bin/sh\necho "${program} $*" >> '${log}'\nexec ${stdout.trim()} "$@"\n`;
      await writeFile(join(directory, program), script, { mode: 0o755 });
    }
    const calls = async () => (existsSync(log) ? (await readFile(log, "utf8")).trimEnd().split("\n") : []);
    return { path: `${directory}:${this.env.PATH}`, calls };
  }

  /** Removes the storage of a state directory, for a test that creates another one under the same name. */
  async clear(state: string): Promise<void> {
    const storage = join(state, "storage");
    await removeStorage(storage);
    for (const mount of await mountsBelow(state)) await unmount(mount);
    this.#storages.delete(storage);
  }

  /** The directory where Buildah keeps the mount state of a storage; removed with the storage. */
  runroot(storage: string): string {
    return runrootOf(storage);
  }

  async remove(): Promise<void> {
    for (const storage of this.#storages) await removeStorage(storage);
    for (const mount of await mountsBelow(this.directory)) await unmount(mount);
    await removeTree(this.directory);
  }
}

/** Runs Buildah in one of Slipway's storages and returns its standard output. */
export async function buildahIn(storage: string, ...args: readonly string[]): Promise<string> {
  const { stdout } = await execute("buildah", [...storageArguments(storage), ...args], { maxBuffer: 1 << 26 });
  return stdout;
}

/** Global options of Buildah. */
export const storageArguments = (storage: string) => ["--root", storage, "--runroot", runrootOf(storage)];

/** As in workshop.ts and probe.ts. Tests use Slipway's own directory, so that it is removed, too. */
function runrootOf(storage: string): string {
  const id = createHash("sha256").update(storage).digest("hex").slice(0, 12);
  return join(process.getuid?.() === 0 ? "/run" : (process.env.XDG_RUNTIME_DIR ?? "/tmp"), "slipway", id);
}

async function removeStorage(storage: string): Promise<void> {
  if (existsSync(storage)) {
    await buildahIn(storage, "rm", "--all").catch(() => "");
    await buildahIn(storage, "rmi", "--all", "--force").catch(() => "");
  }
  const runroot = runrootOf(storage);
  for (const mount of await mountsBelow(runroot)) await unmount(mount);
  await removeTree(runroot);
}

/** Command lines of running processes that contain a text, except this process. */
export async function processesOf(text: string): Promise<string[]> {
  const found: string[] = [];
  for (const pid of await readdir("/proc")) {
    if (!/^[0-9]+$/.test(pid) || Number(pid) === process.pid) continue;
    const line = (await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "")).replaceAll("\0", " ").trim();
    if (line.includes(text)) found.push(line);
  }
  return found;
}

/** Containers of runc whose bundle is in a directory, running or not. */
export async function containersIn(directory: string): Promise<string[]> {
  const containers = await runtimeContainers("runc");
  return containers.filter(({ bundle }) => bundle.startsWith(`${directory}/`)).map(({ id }) => id);
}
