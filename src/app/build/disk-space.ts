import { existsSync } from "node:fs";
import { statfs } from "node:fs/promises";
import { dirname } from "node:path";
import type { Finding } from "../../model/finding.js";
import type { BuildFailure } from "../../model/plan.js";
import { size } from "../../report/text.js";
import type { StepDeps } from "../../run/step.js";

/** Below this a disk is as good as full: Buildah removes what it could not finish before it says so. */
const FULL = 64_000_000;
/** What a base image of a distribution takes while it is built: its archive, its layer and the copy that is published. */
const COMFORTABLE = 2_000_000_000;

/** What programs say when a disk is full; some only that the other end of a pipe has gone. */
const SAYINGS = /no space left|disk quota exceeded|ENOSPC|EDQUOT|closed pipe|short write/i;

/** Free bytes where a path is, or will be. */
async function freeBytes(path: string): Promise<number> {
  let existing = path;
  while (!existsSync(existing) && dirname(existing) !== existing) existing = dirname(existing);
  const { bavail, bsize } = await statfs(existing);
  return bavail * bsize;
}

/**
 * Explains failures by a full disk: whoever runs out of space says so in words of its own, or does not say so at all. `paths` are the
 * directories that a build writes to; what is free in them now is what the build had.
 */
export function spaceExplainer(paths: readonly string[]): NonNullable<StepDeps["explain"]> {
  const before = Promise.all(paths.map(freeBytes));
  return async (failure: BuildFailure) => {
    const said = [failure.message, ...(failure.tail ?? [])].some((line) => SAYINGS.test(line));
    const free = await Promise.all(paths.map(freeBytes));
    const [fullest = 0] = free.map((_, index) => index).sort((a, b) => (free[a] ?? 0) - (free[b] ?? 0));
    const left = free[fullest] ?? 0;
    if (!said && left > FULL) return failure;
    const had = (await before)[fullest] ?? 0;
    if (said && left > COMFORTABLE && !/no space|quota|ENOSPC|EDQUOT/i.test(failure.message)) return failure;
    const needs = `it had ${size(had)} and needs more; a Debian base takes about ${size(COMFORTABLE)}`;
    const message = `no space left on ${paths[fullest]}: ${size(left)} free, ${needs}`;
    return { ...failure, message, tail: [failure.message, ...(failure.tail ?? [])] };
  };
}

/** What `doctor` says of the disk below a directory. */
export async function diskFinding(path: string): Promise<Finding> {
  const free = await freeBytes(path);
  const found = `${size(free)} free in ${path}`;
  const advice =
    free < COMFORTABLE
      ? `a Debian base takes about ${size(COMFORTABLE)}: make room, or name another disk by SLIPWAY_STATE`
      : undefined;
  return { what: "disk", ok: free >= FULL, found, advice };
}
