import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import type { Attribution } from "../../model/attribution.js";
import type { Digest, ImageName } from "../../model/names.js";
import type { AttachmentStore } from "../../model/registry.js";
import { readCache, writeCache } from "../../system/cache-file.js";

/** Raised with every change to what an attribution says or to how it is stored. */
const FORMAT = 1;

/** Two definitions may make the very same image, and each says its own. */
const pathOf = (state: string, { image, imageId }: StoredImage) =>
  join(state, "cache", "attribution", `${image}-${imageId.slice("sha256:".length)}.json`);

type StoredImage = NonNullable<Attribution["parent"]>;

/** What made the files of an image that was built on this machine; undefined: it was not, or before Slipway knew. */
export const cachedAttribution = (state: string, stored: StoredImage) =>
  readCache<Attribution>(pathOf(state, stored), `attribution ${FORMAT}`);

/** Keeps an attribution for later runs. */
export const cacheAttribution = (state: string, imageId: Digest, attribution: Attribution): Promise<void> =>
  writeCache(pathOf(state, { image: attribution.image, imageId }), `attribution ${FORMAT}`, attribution);

function attributionOf(value: unknown): Attribution | undefined {
  const { format, ...attribution } = value as { readonly format?: unknown } & Partial<Attribution>;
  return format === FORMAT && Array.isArray(attribution.files) ? (attribution as Attribution) : undefined;
}

/** The attributions of an image and of what it starts from, the nearest first, as far as this machine has them. */
export async function attributionChain(
  state: string,
  stored: StoredImage | undefined,
): Promise<readonly Attribution[]> {
  const chain: Attribution[] = [];
  for (let at = stored; at !== undefined; at = chain.at(-1)?.parent) {
    const attribution = await cachedAttribution(state, at);
    if (attribution === undefined) break;
    chain.push(attribution);
  }
  return chain;
}

/** The media type of an attribution that is attached to an image: a file of ours, compressed. */
const ATTACHED = "application/vnd.slipway.files+gzip";
/** Bytes: more than any image has, and little enough to be harmless. */
const LIMIT = 512 << 20;

/** Attaches what made an image's files to its manifest. Writes nothing where that was done before. Raises RegistryError. */
export async function attachAttribution(
  registry: AttachmentStore,
  digest: Digest,
  attribution: Attribution,
  signal: AbortSignal,
): Promise<void> {
  const { image } = attribution;
  if ((await attachedAttribution(registry, image, digest)) !== undefined) return;
  const bytes = gzipSync(JSON.stringify({ format: FORMAT, digest, ...attribution }));
  await registry.attach(image, digest, { artifactType: ATTACHED, bytes }, signal);
}

/** What Slipway attached to an image. Documents of others, and about other images, are skipped. Raises RegistryError. */
export async function attachedAttribution(
  registry: Pick<AttachmentStore, "attachments">,
  name: ImageName,
  digest: Digest,
): Promise<Attribution | undefined> {
  for (const bytes of await registry.attachments(name, digest, ATTACHED)) {
    try {
      const { digest: of, ...document } = JSON.parse(gunzipSync(bytes, { maxOutputLength: LIMIT }).toString("utf8"));
      const attribution = attributionOf(document);
      if (of === digest && attribution?.image === name) return attribution;
    } catch {
      // Somebody else wrote it.
    }
  }
  return undefined;
}
