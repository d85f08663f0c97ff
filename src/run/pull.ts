import { appendFile } from "node:fs/promises";
import { setTimeout as wait } from "node:timers/promises";
import type { Buildah } from "./buildah.js";
import { type Finished, lastLines } from "./process.js";
import { StepFailure } from "./runner.js";

/** As for our own requests (registry/retry.ts). */
const ATTEMPTS = 4;
/** A registry that has not answered for minutes is asked once more. */
const STALLED_ATTEMPTS = 2;
/** Milliseconds before the second attempt; doubled for each further one. */
const FIRST_DELAY = 500;

/**
 * Pulls an image by Buildah, and repeats what failed: Buildah gives up on a layer with the first answer that is not the layer. Which
 * failures would pass it does not say, so only a full disk and what is read from this machine are not repeated. Never fails.
 */
export async function pull(
  buildah: Buildah,
  args: readonly string[],
  options: { readonly signal: AbortSignal; readonly log: string },
): Promise<Finished> {
  const { signal, log } = options;
  const isRemote = args.at(-1)?.startsWith("dir:") === false && args.at(-1)?.startsWith("oci:") === false;
  for (let attempt = 1; ; attempt += 1) {
    const pulled = await buildah.run(["pull", "--quiet", ...args], options);
    const most = pulled.stalled ? STALLED_ATTEMPTS : ATTEMPTS;
    const isFinal = !isRemote || attempt >= most || pulled.stderr.includes("no space left on device");
    if (pulled.exitCode === 0 || signal.aborted || isFinal) return pulled;
    const delay = FIRST_DELAY * 2 ** (attempt - 1);
    await appendFile(log, `slipway: ${args.at(-1)} is pulled again in ${delay / 1000} s (attempt ${attempt + 1})\n`);
    await wait(delay, undefined, { signal }).catch(() => {});
  }
}

export function pullFailure(reference: string, { stderr, exitCode }: Finished): StepFailure {
  const why = lastLines(stderr, 1)[0]?.replace(/^Error: /, "") ?? `exit code ${exitCode}`;
  return new StepFailure("BUILD_FAILED", `cannot pull ${reference}: ${why}`, lastLines(stderr));
}
