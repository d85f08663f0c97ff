import type { Finding } from "../../model/finding.js";
import type { BuildFailure } from "../../model/plan.js";
import { size } from "../../report/text.js";
import type { StepDeps } from "../../run/step.js";
import { type DiskRoom, roomAt } from "../../system/disk-room.js";

/** Bytes below which a disk is as good as full. */
const FULL = 64_000_000;
/** The same for inodes. A Debian base has about 10,000 files, and storage has them twice. */
const FEW_INODES = 16;
const COMFORTABLE_INODES = 20_000;
/** What a base image of a distribution takes while it is built: its archive, its layer and the copy that is published. */
const COMFORTABLE = 2_000_000_000;

/** A full disk, in the words of the kernel. */
const EXPLICIT = /no space left on device|disk quota exceeded|ENOSPC|EDQUOT/i;
/** The same at the other end of a pipe. */
const VAGUE = /closed pipe|short write|broken pipe/i;

/** Of a file that Slipway or Buildah writes; what commands of an image say is in the tail. */
const READ_ONLY = /^(?!.* in `).*(?:EROFS|read-only file system)/;

/** Failures that are about what is in an image, whatever the disk has left. */
const OF_THE_IMAGE = new Set(["TEST_FAILED", "NOT_APPROVED", "HASH_MISMATCH", "PACKAGE_GONE", "INTERRUPTED"]);

/**
 * Explains failures by a full disk, which whoever meets it says in words of its own, or not at all. `paths` are the directories that a
 * build writes to; what is free in them now is what the build has. Where all of them had room, the full disk is one inside the image.
 */
export function spaceExplainer(paths: readonly string[], roomOf = roomAt): NonNullable<StepDeps["explain"]> {
  const measure = () => leastOf(paths.map((path) => ({ path, ...roomOf(path) })));
  const had = measure();
  return async (failure: BuildFailure) => {
    const left = measure();
    if (READ_ONLY.test(failure.message)) return { ...failure, code: "MACHINE_FAILED" };
    const lines = [failure.message, ...(failure.tail ?? [])];
    // Buildah removes what it could not finish before anybody can look, so what was free at first counts as well.
    const mayBeFull = isTight(had) || isTight(left);
    const isSaid = lines.some((line) => EXPLICIT.test(line) || VAGUE.test(line));
    const isFull = isFullNow(left) && !OF_THE_IMAGE.has(failure.code);
    if (!isFull && !(isSaid && mayBeFull)) return failure;
    const { path } = left.bytes < had.bytes ? left : had;
    const needs = `the build had ${roomText(had)}, and a Debian base takes about ${size(COMFORTABLE)}`;
    const message = `no space left on ${path}: ${roomText(left)} free; ${needs}`;
    return { ...failure, code: "MACHINE_FAILED", message, tail: lines };
  };
}

interface Space extends DiskRoom {
  readonly path: string;
}

const leastOf = (spaces: readonly Space[]): Space =>
  spaces.find(({ inodes }) => inodes < FEW_INODES) ??
  spaces.reduce((least, space) => (space.bytes < least.bytes ? space : least));

const isTight = ({ bytes, inodes }: DiskRoom) => bytes < COMFORTABLE || inodes < COMFORTABLE_INODES;
const isFullNow = ({ bytes, inodes }: DiskRoom) => bytes < FULL || inodes < FEW_INODES;

const roomText = ({ bytes, inodes }: DiskRoom) =>
  inodes < COMFORTABLE_INODES ? `${size(bytes)} and room for ${inodes} files` : size(bytes);

/** What a probe of the machine needs for its trial, which it has removed again by now. */
const TRIAL: DiskRoom = { bytes: 1_000_000, inodes: 200 };

/** Says that a disk is too full to try anything; undefined: it is not. */
export function fullDisk(paths: readonly string[]): string | undefined {
  for (const path of paths) {
    const room = roomAt(path);
    if (room.inodes < TRIAL.inodes || room.bytes < TRIAL.bytes)
      return `no space left on ${path}: ${roomText(room)} free`;
  }
  return undefined;
}

/** What `doctor` says of the disk below a directory. */
export function diskFinding(path: string): Finding {
  const room = roomAt(path);
  const found = `${roomText(room)} free in ${path}`;
  const advice = isTight(room)
    ? `a Debian base takes about ${size(COMFORTABLE)}: make room, or name another disk by SLIPWAY_STATE`
    : undefined;
  return { what: "disk", ok: !isFullNow(room), found, advice };
}
