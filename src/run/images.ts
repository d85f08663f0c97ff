import type { Digest } from "../model/names.js";
import type { Buildah } from "./buildah.js";
import { keepImage } from "./kept-images.js";
import { pullFailure, pull as pullImage } from "./pull.js";
import { StepFailure, type StoredImage } from "./runner.js";
import { isStored } from "./stored-image.js";

/** The ID as Buildah takes it. */
export const bareId = (imageId: Digest) => imageId.replace(/^sha256:/, "");

/** Makes sure that an image is in local storage; requests for the same image at the same time share one pull. */
export function createImageFetcher(buildah: Buildah) {
  const fetched = new Map<Digest, Promise<void>>();
  return (image: StoredImage, signal: AbortSignal, log: string): Promise<void> => {
    const pending = fetched.get(image.imageId);
    if (pending) return pending;
    const promise = fetchImage(buildah, image, signal, log);
    fetched.set(image.imageId, promise);
    // A failure is not kept: the next image that needs it tries again.
    promise.catch(() => fetched.delete(image.imageId));
    return promise;
  };
}

async function fetchImage(buildah: Buildah, { imageId, pull }: StoredImage, signal: AbortSignal, log: string) {
  if (await isStored(buildah.system, imageId)) return;
  if (pull === undefined) throw new StepFailure("BUILD_FAILED", `${imageId} is no longer in local storage`);
  const pulled = await pullImage(buildah, [...pull.options, pull.reference], { signal, log });
  if (signal.aborted) throw new StepFailure("INTERRUPTED", "interrupted");
  if (pulled.exitCode !== 0) throw pullFailure(pull.reference, pulled);
  const got = pulled.stdout.trim();
  if (got !== bareId(imageId)) throw new StepFailure("BUILD_FAILED", `${pull.reference} is ${got}, not ${imageId}`);
  await keepImage(buildah.system.storage.root, imageId);
}
