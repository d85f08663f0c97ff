import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync, readlinkSync, statSync } from "node:fs";
import { constants } from "node:os";

/** A server in a container, by way of the `buildah run` that started it. */
export interface ServerProcess {
  /** What it has written to both streams, in order. */
  output(): string;
  text(stream: "stdout" | "stderr"): string;
  /** How it ended by itself; undefined: it runs. */
  ended(): string | undefined;
  /** The same, after a moment in which an end that has just happened is seen. */
  endedSoon(): Promise<string | undefined>;
  /** Sends it a signal, and SIGKILL where it does not end; returns the exit code as a shell does. */
  stop(signal: string): Promise<number>;
  /** Ends every process of this network namespace. */
  kill(): Promise<void>;
}

/** Milliseconds that a server has to end, as with Docker. */
const GRACE = 10_000;
/** Milliseconds that Buildah has to clean up. */
const CLEARING = 5000;
/** Milliseconds until an end is seen and the last output has come. */
const MOMENT = 300;
/** Characters of each stream. */
const KEPT = 4_000_000;

const wait = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds).unref());

export function startServer([program = "", ...args]: readonly string[]): ServerProcess {
  const child = spawn(program, args, { stdio: ["ignore", "pipe", "pipe"] });
  const kept = { stdout: "", stderr: "", both: "" };
  for (const stream of ["stdout", "stderr"] as const)
    child[stream].setEncoding("utf8").on("data", (text: string) => {
      process.stderr.write(text);
      for (const key of [stream, "both"] as const) kept[key] = (kept[key] + text).slice(-KEPT);
    });
  // A daemon that it left behind may hold the streams open.
  const closed = once(child, "close");
  const over = once(child, "exit").then(() => Promise.race([closed, wait(MOMENT)]));
  const isOver = () => child.exitCode !== null || child.signalCode !== null;
  const ended = () =>
    isOver() ? `the server ended with exit code ${exitCode(child.exitCode, kept.stderr)}` : undefined;
  const kill = async () => {
    // Buildah kills what runs in the container when it is told to end.
    if (!isOver()) child.kill("SIGTERM");
    await Promise.race([over, wait(CLEARING)]);
    // A daemon, where the container had no process namespace.
    for (const { pid } of neighbours()) send(pid, constants.signals.SIGKILL);
    for (const stream of [child.stdout, child.stderr]) stream.destroy();
    child.unref();
  };
  return {
    output: () => kept.both.replace(BUILDAH_SAYS, ""),
    text: (stream) => kept[stream].replace(BUILDAH_SAYS, ""),
    ended,
    endedSoon: () => Promise.race([over, wait(MOMENT)]).then(ended),
    stop: async (signal) => {
      const pid = serverPid();
      if (pid !== undefined) send(pid, signalNumber(signal));
      await Promise.race([over, wait(GRACE)]);
      await kill();
      return exitCode(child.exitCode, kept.stderr);
    },
    kill,
  };
}

function send(pid: number, signal: number): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It has ended meanwhile.
  }
}

/** What Buildah adds to a program's own words when it ends with another code than 0. */
const BUILDAH_SAYS =
  /^(?:(?:subprocess|container) exited (?:on|with) .*|(?:Error: )?(?:while running runtime: )?exit status \d+)\n?/gm;

/** Where a signal has ended the program, Buildah exits with 1 and names the signal as Go does. */
const SIGNALS = { hangup: 1, interrupt: 2, quit: 3, killed: 9, terminated: 15 } as const;

function exitCode(code: number | null, stderr: string): number {
  const name = /^(?:subprocess|container) exited on (\w+)$/m.exec(stderr)?.[1];
  return name !== undefined && name in SIGNALS ? 128 + SIGNALS[name as keyof typeof SIGNALS] : (code ?? 1);
}

/**
 * The first process in the container: signals to `buildah run` do not reach it. It is the oldest one with another root than ours; the
 * programs that Buildah and the runtime run there to start it exist in memory only.
 */
function serverPid(): number | undefined {
  const here = statSync("/");
  const inside = neighbours().filter(({ root, program }) => {
    return (root.dev !== here.dev || root.ino !== here.ino) && !program.startsWith("/memfd:");
  });
  return inside.sort((a, b) => a.started - b.started)[0]?.pid;
}

/** All processes of this network namespace but this one. */
function neighbours() {
  const network = readlinkSync("/proc/self/ns/net");
  const pids = readdirSync("/proc").filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid);
  return pids.flatMap((pid) => {
    try {
      if (readlinkSync(`/proc/${pid}/ns/net`) !== network) return [];
      const root = statSync(`/proc/${pid}/root/`);
      // proc(5): the 22nd field, and the second one, in brackets, may hold anything.
      const fields = readFileSync(`/proc/${pid}/stat`, "utf8")
        .replace(/^.*\) /s, "")
        .split(" ");
      return [{ pid: Number(pid), root, program: readlinkSync(`/proc/${pid}/exe`), started: Number(fields[19]) }];
    } catch {
      // It has ended meanwhile, or is not ours.
      return [];
    }
  });
}

/** `SIGTERM`, `15`, or `SIGRTMIN+3` (signal(7)). */
export function signalNumber(signal: string): number {
  if (/^\d+$/.test(signal)) return Number(signal);
  const [, base, offset = "0"] = /^SIG(RTMIN|RTMAX)([+-]\d+)?$/.exec(signal) ?? [];
  if (base !== undefined) return (base === "RTMIN" ? 34 : 64) + Number(offset);
  return constants.signals[signal as NodeJS.Signals] ?? constants.signals.SIGTERM;
}
