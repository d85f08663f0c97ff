import { randomBytes } from "node:crypto";
import { MACHINE_MOUNT, OUTPUT_MOUNT } from "../model/build-environment.js";
import type { Buildah } from "./buildah.js";
import { bareId, type createImageFetcher } from "./images.js";
import { lastLines } from "./process.js";
import { StepFailure, type StoredImage } from "./runner.js";

export interface AskImageDeps {
  readonly buildah: Buildah;
  readonly fetch: ReturnType<typeof createImageFetcher>;
  /** Mounted at MACHINE_MOUNT: proxies, certificates, where packages come from. */
  readonly machine: string;
}

export interface Question {
  readonly image: StoredImage;
  readonly command: readonly string[];
  /** A directory of this machine, mounted at OUTPUT_MOUNT: what the command writes there stays. */
  readonly output?: string;
  readonly log: string;
  readonly signal: AbortSignal;
}

/** Seconds. Long enough for the package lists of a slow mirror. */
const TIMEOUT = 600;

/** Runs a command as root in a throw-away container of an image and returns its standard output. Raises StepFailure. */
export async function askImage(deps: AskImageDeps, { image, command, output, log, signal }: Question): Promise<string> {
  const { buildah, fetch, machine } = deps;
  const { system } = buildah;
  await fetch(image, signal, log);
  const container = `slipway-ask-${randomBytes(6).toString("hex")}`;
  const from = ["from", "--quiet", "--name", container, "--pull-never", bareId(image.imageId)];
  const created = await buildah.run(from, { signal, log });
  if (created.exitCode !== 0) throw failure(signal, "cannot start a container", created.stderr);
  try {
    const args = [
      ...(system.runtime === undefined ? [] : ["--runtime", system.runtime]),
      ...["--isolation", system.isolation, "--network", "host", "--user", "0"],
      ...["--volume", `${machine}:${MACHINE_MOUNT}`],
      ...(output === undefined ? [] : ["--volume", `${output}:${OUTPUT_MOUNT}`]),
      ...[container, "--"],
      ...["/bin/sh", "-c", `. ${MACHINE_MOUNT}/env; exec "$@"`, "sh", ...command],
    ];
    const answer = await buildah.run(["run", ...args], { signal, log, timeout: TIMEOUT });
    if (answer.timedOut) throw failure(signal, `no answer within ${TIMEOUT} s`, "");
    if (answer.exitCode !== 0) throw failure(signal, `exit code ${answer.exitCode}`, answer.stderr);
    return answer.stdout;
  } finally {
    // Without the signal, because it must happen after an interruption, too.
    await buildah.run(["rm", container], { log });
  }
}

/** The line that Buildah adds when the program in the container has failed: it says nothing about the reason. */
const BUILDAH_SAYS = /^(?:Error: )?(?:while running runtime: )?exit status \d+$/;

function failure(signal: AbortSignal, what: string, stderr: string): StepFailure {
  if (signal.aborted) return new StepFailure("INTERRUPTED", "interrupted");
  const tail = lastLines(stderr).filter((line) => !BUILDAH_SAYS.test(line));
  return new StepFailure("NO_ANSWER", [what, ...tail.slice(-1)].join(": "), tail);
}
