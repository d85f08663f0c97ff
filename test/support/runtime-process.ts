import { spawn } from "node:child_process";
import { once } from "node:events";
import { chownSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { until } from "./until.js";

/** A running runtime, as a process or in a container. */
export interface StartedRuntime {
  /** The address, without a trailing `/`. */
  readonly url: string;
  /** Everything it has written so far. */
  logs(): RuntimeLogs;
  stop(): Promise<void>;
}

export interface RuntimeLogs {
  readonly stdout: string;
  readonly stderr: string;
}

/** Starts a new one with these variables. */
export type StartRuntime = (env?: Readonly<Record<string, string>>) => Promise<StartedRuntime>;

export interface RuntimeProcess extends StartedRuntime {
  readonly pid: number;
  /** Sends a signal, and returns the exit code when the process has ended. */
  end(signal: NodeJS.Signals): Promise<number | null>;
  /** Resolves when the process has ended, on its own or by a signal. */
  readonly ended: Promise<number | null>;
}

/** The catalogue's modules, which contain the runtimes. */
export const MODULES = fileURLToPath(new URL("../../../catalog/modules/", import.meta.url));

/** The user `nobody`, as whom a runtime is started if the tests run as root. */
const NOBODY = 65_534;
const AS_NOBODY = process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {};

const directories: string[] = [];
process.once("exit", () => {
  for (const directory of directories) rmSync(directory, { recursive: true, force: true });
});

/** A directory that belongs to the runtimes' user, and is removed when this process ends. */
export function runtimeDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), "slipway-runtime-"));
  directories.push(directory);
  if (AS_NOBODY.uid !== undefined) chownSync(directory, NOBODY, NOBODY);
  return directory;
}

const decoder = (chunks: readonly Buffer[]) => Buffer.concat(chunks).toString("utf8");

/** Starts a server as an unprivileged user on a free port. */
export async function startProcess(
  command: readonly [string, ...string[]],
  env: Readonly<Record<string, string>>,
): Promise<RuntimeProcess> {
  const [program, ...args] = command;
  const child = spawn(program, args, {
    ...AS_NOBODY,
    env: { PATH: process.env.PATH ?? "", HOST: "127.0.0.1", PORT: "0", ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const stdout: Buffer[] = [];
  const stderr: Buffer[] = [];
  child.stdout.on("data", (chunk: Buffer) => stdout.push(chunk));
  child.stderr.on("data", (chunk: Buffer) => stderr.push(chunk));
  const ended = once(child, "close").then(([code]) => code as number | null);
  const logs = () => ({ stdout: decoder(stdout), stderr: decoder(stderr) });
  const port = () => /^listening on port (\d+)$/m.exec(logs().stderr)?.[1];
  let over = false;
  void ended.then(() => {
    over = true;
  });
  await until("the runtime listens", () => over || port() !== undefined);
  if (over || child.pid === undefined) throw new Error(`the runtime has not started:\n${logs().stderr}`);
  const end = (signal: NodeJS.Signals) => {
    child.kill(signal);
    return ended;
  };
  const stop = async () => void (await end("SIGKILL"));
  return { url: `http://127.0.0.1:${port()}`, pid: child.pid, logs, stop, end, ended };
}
