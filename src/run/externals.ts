import type { Digest, Platform } from "../model/names.js";
import type { Buildah } from "./buildah.js";
import { readConfig } from "./image-config.js";
import { keepImage } from "./kept-images.js";
import { foreignPlatform } from "./platform.js";
import { pull, pullFailure } from "./pull.js";
import { StepFailure } from "./runner.js";

/** Makes sure that an external image is in local storage, and returns its image ID. Raises StepFailure. */
export type ExternalFetcher = (image: ExternalImage, signal: AbortSignal, log: string) => Promise<Digest>;

export interface ExternalImage {
  /** Pinned by digest, which may be that of an index with images for several platforms. */
  readonly reference: string;
  readonly platform: Platform;
}

/** Requests for the same image at the same time share one pull. */
export function createExternalFetcher(buildah: Buildah): ExternalFetcher {
  const fetched = new Map<string, Promise<Digest>>();
  return (image, signal, log) => {
    const id = `${image.platform} ${image.reference}`;
    const pending = fetched.get(id);
    if (pending) return pending;
    const promise = fetchExternal(buildah, image, { signal, log });
    fetched.set(id, promise);
    // A failure is not kept: the next image that needs it tries again.
    promise.catch(() => fetched.delete(id));
    return promise;
  };
}

async function fetchExternal(
  buildah: Buildah,
  { reference, platform }: ExternalImage,
  options: { readonly signal: AbortSignal; readonly log: string },
): Promise<Digest> {
  const { signal } = options;
  const other = foreignPlatform(platform) === undefined ? [] : ["--platform", platform];
  const pulled = await pull(buildah, ["--policy", "missing", ...other, reference], options);
  if (signal.aborted) throw new StepFailure("INTERRUPTED", "interrupted");
  if (pulled.exitCode !== 0) throw pullFailure(reference, pulled);
  const imageId = `sha256:${pulled.stdout.trim()}` as Digest;
  await keepImage(buildah.system.storage.root, imageId);
  const [trigger] = (await readConfig(buildah.system, imageId)).config?.OnBuild ?? [];
  if (trigger === undefined) return imageId;
  throw new StepFailure(
    "BUILD_FAILED",
    `${reference} has ONBUILD triggers: they would run instructions that no definition shows, first \`${trigger}\``,
  );
}
