import { mkdtemp, rm, utimes } from "node:fs/promises";
import { join } from "node:path";
import { CACHE_MOUNT, MACHINE_MOUNT, OUTPUT_MOUNT } from "../model/build-environment.js";
import { makeDirectory } from "../system/make-directory.js";
import { READ_ONLY, WRITABLE } from "./buildah.js";
import { readConfig } from "./image-config.js";
import { type ContainerDeps, ImageContainer } from "./image-container.js";
import { makeDirectories } from "./machine-directory.js";
import { lastLines } from "./process.js";
import { StepFailure, type StoredImage } from "./runner.js";
import { sourcesDigest } from "./sources-digest.js";

export interface AskImageDeps extends ContainerDeps {
  /** Mounted at MACHINE_MOUNT, read-only: proxies, certificates, where packages come from. */
  readonly machine: string;
  /** Directories that the machine's settings expect in the one for caches. */
  readonly cacheDirectories: readonly string[];
  /** A directory of this machine with the caches that questions to base images with the same package sources and keys share. */
  readonly caches: string;
}

export interface Question {
  readonly image: StoredImage;
  readonly command: readonly string[];
  /** Its environment stands in for that of the image; the search path remains the image's. */
  readonly environmentOf?: StoredImage;
  /**
   * true: the question shares a cache with those to other images with the same package sources and keys, in later runs too. Only for a
   * base image. Left out: its cache is empty.
   */
  readonly sharesCache?: true;
  /** A directory of this machine, mounted at OUTPUT_MOUNT: what the command writes there stays. */
  readonly output?: string;
  readonly log: string;
  readonly signal: AbortSignal;
}

/** Seconds. Long enough for the package lists of a slow mirror. */
const TIMEOUT = 600;

/** Runs a command as root in a throw-away container of an image and returns its standard output. Raises StepFailure. */
export async function askImage(deps: AskImageDeps, question: Question): Promise<string> {
  const { command, output, log, signal } = question;
  const { buildah, machine } = deps;
  const { environmentOf, sharesCache } = question;
  const { system } = buildah;
  const container = new ImageContainer(deps, question);
  let cache: string | undefined;
  try {
    const name = await container.start(unstarted);
    cache = sharesCache ? await sharedCache(deps, container) : await mkdtemp(join(deps.temporary, "cache-"));
    await makeDirectories(cache, deps.cacheDirectories);
    const environment = environmentOf && (await readConfig(buildah.system, environmentOf.imageId)).config?.Env;
    const args = [
      ...(system.runtime === undefined ? [] : ["--runtime", system.runtime]),
      ...["--isolation", system.isolation, "--network", "host", "--user", "0"],
      ...["--volume", `${machine}:${MACHINE_MOUNT}:${READ_ONLY}`],
      ...["--volume", `${cache}:${CACHE_MOUNT}:${WRITABLE}`],
      ...(output === undefined ? [] : ["--volume", `${output}:${OUTPUT_MOUNT}`]),
      ...[name, "--"],
      ...(environmentOf === undefined ? [] : cleanEnvironment(environment ?? [])),
      ...["/bin/sh", "-c", `. ${MACHINE_MOUNT}/env; exec "$@"`, "sh", ...command],
    ];
    const answer = await buildah.run(["run", ...args], { signal, log, timeout: TIMEOUT });
    if (answer.timedOut) throw failure(signal, `no answer within ${TIMEOUT} s`, "");
    if (answer.exitCode !== 0) throw failure(signal, `exit code ${answer.exitCode}`, answer.stderr);
    return answer.stdout;
  } finally {
    await container.close();
    if (cache !== undefined && !sharesCache) await rm(cache, { recursive: true, force: true });
  }
}

/** Its time says when it was last of use; clean-up.ts removes old ones. */
async function sharedCache({ caches }: AskImageDeps, container: ImageContainer): Promise<string> {
  const directory = join(caches, sourcesDigest(await container.root(unstarted)));
  makeDirectory(directory);
  await utimes(directory, new Date(), new Date());
  return directory;
}

/** Starts what follows with this environment (`NAME=value`) and no other variable but PATH. */
const cleanEnvironment = (environment: readonly string[]) => [
  ...["/bin/sh", "-c", 'exec env -i "PATH=$PATH" HOME=/root "$@"', "sh"],
  ...environment.filter((text) => !text.startsWith("PATH=")),
];

/** The line that Buildah adds when the program in the container has failed: it says nothing about the reason. */
const BUILDAH_SAYS = /^(?:Error: )?(?:while running runtime: )?exit status \d+$/;

const unstarted = (what: string, tail: readonly string[]) =>
  new StepFailure("NO_ANSWER", [what, ...tail.slice(-1)].join(": "), tail);

function failure(signal: AbortSignal, what: string, stderr: string): StepFailure {
  if (signal.aborted) return new StepFailure("INTERRUPTED", "interrupted");
  const tail = lastLines(stderr).filter((line) => !BUILDAH_SAYS.test(line));
  return new StepFailure("NO_ANSWER", [what, ...tail.slice(-1)].join(": "), tail);
}
