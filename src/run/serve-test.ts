import { PassThrough } from "node:stream";
import { fileURLToPath } from "node:url";
import type { ServeTest } from "../model/definition.js";
import { ALONE, type Buildah } from "./buildah.js";
import { readConfig } from "./image-config.js";
import { lastLines } from "./process.js";
import type { TestJob } from "./runner.js";

/** What the program beside the server is told, as a line of JSON; when its standard input ends, it stops. */
export interface ServeJob {
  readonly test: ServeTest;
  /** As in an image's configuration: name or number. */
  readonly stopSignal: string;
}

/** What it says, as JSON, where something is wrong; its exit code is 1 then. */
export interface Problem {
  readonly message: string;
  readonly tail: readonly string[];
}

/** Bundled as a program of its own (scripts/generate.ts). */
const PROGRAM = fileURLToPath(new URL("./serve-image.js", import.meta.url));
/** Seconds for what comes before the server's start and after its last answer. */
const SPARE = 60;

/**
 * Starts the image's command in the container, in namespaces of its own: the server has its port to itself however many tests
 * run, and nothing of it outlives the test. The requests are sent from within (serve-image.ts). undefined: all is well.
 */
export async function serveTest(
  buildah: Buildah,
  words: (argv: readonly string[]) => readonly string[],
  test: ServeTest,
  { image, signal, log }: TestJob,
): Promise<Problem | undefined> {
  const { config } = await readConfig(buildah, image.imageId, signal);
  const argv = [...(config?.Entrypoint ?? []), ...(config?.Cmd ?? [])];
  if (argv.length === 0) return { message: "the image has neither entrypoint nor cmd", tail: [] };
  const stdin = new PassThrough();
  const told: ServeJob = { test, stopSignal: config?.StopSignal || "SIGTERM" };
  stdin.write(`${JSON.stringify(told)}\n`);
  const stop = () => stdin.end();
  signal.addEventListener("abort", stop);
  if (signal.aborted) stop();
  try {
    const within = [...ALONE, process.execPath, PROGRAM];
    const options = { within, stdin, log, timeout: test.timeout + SPARE };
    const { exitCode, stdout, stderr } = await buildah.run(words(argv), options);
    if (exitCode === 0) return undefined;
    if (exitCode === 1 && stdout !== "") return JSON.parse(stdout);
    return { message: "the server cannot be started apart from this machine's network", tail: lastLines(stderr) };
  } finally {
    signal.removeEventListener("abort", stop);
    stdin.destroy();
  }
}
