import type { Digest } from "../model/names.js";
import type { Buildah } from "./buildah.js";
import { readConfig } from "./image-config.js";
import { lastLines } from "./process.js";
import { StepFailure } from "./runner.js";

/** Sees to it that an image of others, pinned by digest, is in local storage, and gives its image ID. Raises StepFailure. */
export type ExternalFetcher = (reference: string, signal: AbortSignal, log: string) => Promise<Digest>;

/** Images that are asked for at once are fetched once. */
export function createExternalFetcher(buildah: Buildah): ExternalFetcher {
  const fetched = new Map<string, Promise<Digest>>();
  return (reference, signal, log) => {
    const known = fetched.get(reference);
    if (known) return known;
    const promise = fetchExternal(buildah, reference, { signal, log });
    fetched.set(reference, promise);
    // A failure is not kept: the next image that needs it may have better luck.
    promise.catch(() => fetched.delete(reference));
    return promise;
  };
}

async function fetchExternal(
  buildah: Buildah,
  reference: string,
  options: { readonly signal: AbortSignal; readonly log: string },
): Promise<Digest> {
  const { signal } = options;
  const pulled = await buildah.run(["pull", "--quiet", "--policy", "missing", reference], options);
  if (signal.aborted) throw new StepFailure("INTERRUPTED", "interrupted");
  if (pulled.exitCode !== 0) {
    const why = lastLines(pulled.stderr, 1)[0]?.replace(/^Error: /, "") ?? `exit code ${pulled.exitCode}`;
    throw new StepFailure("BUILD_FAILED", `cannot pull ${reference}: ${why}`, lastLines(pulled.stderr));
  }
  const imageId = `sha256:${pulled.stdout.trim()}` as Digest;
  const [trigger] = (await readConfig(buildah, imageId, signal)).config?.OnBuild ?? [];
  if (trigger === undefined) return imageId;
  throw new StepFailure(
    "BUILD_FAILED",
    `${reference} has ONBUILD triggers: they would run instructions that no definition shows, first \`${trigger}\``,
  );
}
