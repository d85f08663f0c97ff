import { randomBytes } from "node:crypto";
import type { Buildah } from "./buildah.js";
import { bareId, type createImageFetcher } from "./images.js";
import { lastLines } from "./process.js";
import { type Job, StepFailure, type StoredImage } from "./runner.js";

export interface MountDeps {
  readonly buildah: Buildah;
  readonly fetch: ReturnType<typeof createImageFetcher>;
}

export interface MountJob extends Pick<Job, "log" | "signal"> {
  readonly image: StoredImage;
  /** The failure where Buildah cannot mount the image, from its last lines. */
  readonly failure: (tail: readonly string[]) => StepFailure;
}

/** A throw-away container of an image, and its root file system on this machine. */
export interface MountedImage {
  readonly container: string;
  readonly root: string;
}

/** Mounts an image while an action looks into it from outside. The content is hostile: no link in it may be followed. Raises StepFailure. */
export async function withMountedImage<T>(
  { buildah, fetch }: MountDeps,
  { image, log, signal, failure }: MountJob,
  action: (mounted: MountedImage) => Promise<T>,
): Promise<T> {
  await fetch(image, signal, log);
  const container = `slipway-look-${randomBytes(6).toString("hex")}`;
  const run = async (args: readonly string[]) => {
    const { exitCode, stdout, stderr } = await buildah.run(args, { signal, log });
    if (exitCode === 0) return stdout.trim();
    throw signal.aborted ? new StepFailure("INTERRUPTED", "interrupted") : failure(lastLines(stderr));
  };
  await run(["from", "--quiet", "--name", container, "--pull-never", bareId(image.imageId)]);
  try {
    return await action({ container, root: await run(["mount", container]) });
  } finally {
    // Without the signal, because it must happen after an interruption, too.
    await buildah.run(["rm", container], { log });
  }
}
