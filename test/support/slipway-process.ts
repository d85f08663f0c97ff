import { type ChildProcess, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

/** The compiled binary, as `npm install --global` would link it. */
export const CLI = fileURLToPath(new URL("../../bin/cli.js", import.meta.url));

export interface Finished {
  /** null if a signal ended it. */
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Running {
  readonly child: ChildProcess;
  readonly ended: Promise<Finished>;
  /** Resolves as soon as standard output or standard error contains the text; rejects if the process ends without it. */
  seen(text: string): Promise<void>;
}

export interface ProcessOptions {
  readonly cwd: string;
  /** The whole environment: nothing from this machine's reaches Slipway unless a test passes it. */
  readonly env: Readonly<Record<string, string>>;
  /** true for a separate process group, which a test can signal as a terminal does. */
  readonly group?: boolean;
  /** Octal, for instance "077". */
  readonly umask?: string;
}

/** Starts Slipway as a user's shell does. */
export function startSlipway(args: readonly string[], { cwd, env, group, umask }: ProcessOptions): Running {
  const direct = [process.execPath, CLI, ...args];
  // Node can only set its own umask, which every other test in this process would share.
  const argv = umask === undefined ? direct : ["/bin/sh", "-c", `umask ${umask}; exec "$@"`, "sh", ...direct];
  const [program = "", ...rest] = argv;
  const child = spawn(program, rest, { cwd, env, detached: group === true, stdio: ["ignore", "pipe", "pipe"] });
  let [stdout, stderr] = ["", ""];
  const watchers = new Set<() => void>();
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
    stdout += chunk;
    for (const watch of watchers) watch();
  });
  child.stderr.setEncoding("utf8").on("data", (chunk: string) => {
    stderr += chunk;
    for (const watch of watchers) watch();
  });
  const ended = new Promise<Finished>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code, signal) => resolve({ code, signal, stdout, stderr }));
  });
  const seen = (text: string) =>
    new Promise<void>((resolve, reject) => {
      const watch = () => {
        if (stdout.includes(text) || stderr.includes(text)) resolve();
      };
      watchers.add(watch);
      watch();
      ended.then(() => reject(new Error(`ended without ${JSON.stringify(text)}:\n${stdout}\n${stderr}`)), reject);
    });
  return { child, ended, seen };
}

/** Signals every process of a group that `startSlipway` made; does nothing if the group has ended. */
export function signalGroup({ child }: Running, signal: NodeJS.Signals): void {
  try {
    if (child.pid !== undefined) process.kill(-child.pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}
