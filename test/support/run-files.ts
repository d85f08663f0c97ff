import { type ChildProcess, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type FileReport, failedFile, withProblem } from "./file-report.js";
import { openScratch } from "./scratch.js";

export interface FileOutcome {
  readonly report: FileReport;
  /** The output of the process, for its last failed file; otherwise empty. */
  readonly output: string;
  /** Seconds of processor time, of a file that had a process of its own. */
  readonly processorTime?: number;
}

export interface RunOptions {
  /** The limit for each file, in milliseconds. */
  readonly timeout: number;
  /** If true, no test runs, and each report has only the tests that its file declares. */
  readonly list?: boolean;
  readonly signal: AbortSignal;
  readonly onFile: (outcome: FileOutcome) => void;
}

const WORKER = fileURLToPath(new URL("worker.js", import.meta.url));
const OUTPUT_LIMIT = 200_000; // characters; the end of a long output is what explains a failure
const KILL_AFTER = 2_000; // ms between SIGTERM, which lets Buildah unmount, and SIGKILL
const DRAIN = 500; // ms to wait for the pipes of a dead process, which its children may hold open

/** Runs files one after another in one process. If the process dies, the current file fails, and the others continue. */
export async function runFiles(files: readonly string[], options: RunOptions): Promise<void> {
  let rest = files;
  while (rest.length > 0 && !options.signal.aborted) {
    const { reports, death, left, output, processorTime } = await runWorker(rest, options);
    if (options.signal.aborted) return;
    const unreported = rest[reports.length];
    // A list only loads files, so hooks that would remove files made during loading never run.
    const leftovers = options.list || left.length === 0 ? undefined : `${LEFT_BEHIND} ${left.join(", ")}`;
    const problem = death ?? leftovers;
    const outcomes =
      unreported !== undefined
        ? [...reports, failedFile(unreported, death ?? QUIET_DEATH)]
        : reports.map((report, at) => (problem && at === reports.length - 1 ? withProblem(report, problem) : report));
    const lastFailed = outcomes.findLastIndex((report) => report.failed > 0);
    for (const [at, report] of outcomes.entries())
      options.onFile({
        report,
        output: at === lastFailed ? output : "",
        ...(files.length === 1 ? { processorTime } : {}),
      });
    rest = rest.slice(outcomes.length);
  }
}

const QUIET_DEATH =
  "the process ended with exit code 0 before the file was done: process.exit(), or a promise that nothing can settle";

const LEFT_BEHIND = "left behind in the temporary directory:";

interface WorkerEnd {
  readonly reports: readonly FileReport[];
  /** Why it ended, if it failed. */
  readonly death: string | undefined;
  /** Names in its temporary directory. */
  readonly left: readonly string[];
  readonly output: string;
  /** Seconds, with the processes that it started and waited for. */
  readonly processorTime: number;
}

function runWorker(files: readonly string[], { timeout, signal, list }: RunOptions): Promise<WorkerEnd> {
  const scratch = openScratch();
  // A separate process group, so that a test's processes can be ended together with the test.
  const child = spawn(process.execPath, [WORKER, ...(list ? ["--list"] : []), ...files], {
    detached: true,
    env: { ...process.env, TMPDIR: scratch.directory },
    stdio: ["ignore", "pipe", "pipe", "ipc"],
  });
  const reports: FileReport[] = [];
  const output = outputOf(child);
  let timedOut = false;
  let killTimer: NodeJS.Timeout | undefined;
  const terminate = () => {
    kill(child.pid, "SIGTERM");
    killTimer = setTimeout(kill, KILL_AFTER, child.pid, "SIGKILL");
  };
  const onTimeout = () => {
    timedOut = true;
    terminate();
  };
  let timer = setTimeout(onTimeout, timeout);
  child.on("message", (message) => {
    reports.push(message as FileReport);
    clearTimeout(timer);
    timer = setTimeout(onTimeout, timeout);
  });
  signal.addEventListener("abort", terminate);

  let processorTime = 0;
  const ended = new Promise<string | undefined>((resolve) => {
    child.on("error", (error) => resolve(`the test process cannot be started: ${error.message}`));
    child.on("exit", (code, killedBy) => {
      processorTime = sinceLastChild();
      // Ends processes that a test left running in the group. After a SIGTERM they have had time to clean up.
      const left = kill(child.pid, killTimer === undefined ? "SIGKILL" : "SIGTERM");
      if (!left) clearTimeout(killTimer);
      const death = timedOut ? `timed out after ${timeout / 1000} s` : deathOf(code, killedBy);
      const drained = setTimeout(resolve, DRAIN, death);
      child.on("close", () => {
        clearTimeout(drained);
        resolve(death);
      });
    });
  });
  return ended.then(async (death) => {
    clearTimeout(timer);
    signal.removeEventListener("abort", terminate);
    return { reports, death, left: await scratch.remove(), output: output(), processorTime };
  });
}

let counted = 0;

/** Seconds of processor time that were added when the last child process ended. */
function sinceLastChild(): number {
  const before = counted;
  counted = childrenTime();
  return counted - before;
}

/** Seconds of processor time of all ended child processes and theirs (proc(5), stat: the fields 16 and 17, in hundredths of a second). */
function childrenTime(): number {
  const stat = readFileSync("/proc/self/stat", "utf8");
  const [user, system] = stat
    .slice(stat.lastIndexOf(")") + 2)
    .split(" ")
    .slice(13, 15);
  return (Number(user) + Number(system)) / 100;
}

/** The end of a process's output so far. */
function outputOf({ stdout, stderr }: ChildProcess): () => string {
  let output = "";
  for (const stream of [stdout, stderr])
    stream?.on("data", (chunk: Buffer) => {
      output = (output + chunk.toString()).slice(-OUTPUT_LIMIT);
    });
  return () => output;
}

function deathOf(code: number | null, signal: NodeJS.Signals | null): string | undefined {
  if (code === 0) return undefined;
  const how = signal === null ? `exit code ${code}` : signal;
  const why = code === 13 ? "a promise that nothing can settle" : "a crash or an unhandled rejection, see the output";
  return `the process ended with ${how}: ${why}`;
}

/** Signals a process group; false if it has already ended. */
function kill(pid: number | undefined, signal: NodeJS.Signals): boolean {
  if (pid === undefined) return false;
  try {
    return process.kill(-pid, signal);
  } catch {
    return false;
  }
}
