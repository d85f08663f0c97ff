import { fileURLToPath } from "node:url";
import type { ServeTest } from "../model/definition.js";
import type { Buildah } from "./buildah.js";
import { readConfig } from "./image-config.js";
import { lastLines } from "./process.js";
import type { ImageJob } from "./runner.js";

/** The standard input of the program beside the server, as JSON. */
export interface ServeJob {
  readonly test: ServeTest;
  /** As in an image's configuration: name or number. */
  readonly stopSignal: string;
}

/** Its output, as JSON, where something is wrong; then its exit code is 1. */
export interface Problem {
  readonly message: string;
  readonly tail: readonly string[];
}

/** Bundled as a program of its own (scripts/generate.ts). */
const PROGRAM = fileURLToPath(new URL("./serve-image.js", import.meta.url));
/** Seconds for what comes before the server's start and after its last answer. */
const SPARE = 60;

/**
 * Starts the image's command in the container, in a network namespace of its own: the server has its port to itself however many
 * tests run. serve-image.ts sends the requests from within, and ends everything that is left there. A mount namespace would keep the
 * mounts of other containers alive after they are gone. Returns undefined where all is well.
 */
export async function serveTest(
  buildah: Buildah,
  words: (argv: readonly string[]) => Promise<readonly string[]>,
  test: ServeTest,
  { image, signal, log }: ImageJob,
): Promise<Problem | undefined> {
  const { noOffline } = buildah.system;
  if (noOffline !== undefined) return { message: `there can be no network for it alone here: ${noOffline}`, tail: [] };
  const { config } = await readConfig(buildah.system, image.imageId);
  const argv = [...(config?.Entrypoint ?? []), ...(config?.Cmd ?? [])];
  if (argv.length === 0) return { message: "the image has neither entrypoint nor cmd", tail: [] };
  const told: ServeJob = { test, stopSignal: config?.StopSignal || "SIGTERM" };
  const within = [process.execPath, PROGRAM];
  const options = {
    network: "none" as const,
    within,
    stdin: JSON.stringify(told),
    signal,
    log,
    timeout: test.timeout + SPARE,
  };
  const { exitCode, stdout, stderr } = await buildah.run(await words(argv), options);
  if (exitCode === 0) return undefined;
  if (exitCode === 1 && stdout !== "") return JSON.parse(stdout);
  return { message: "what sends the requests did not end well", tail: lastLines(stderr) };
}
