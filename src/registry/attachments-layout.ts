import type { Digest, ImageName } from "../model/names.js";
import { type Attachment, RegistryError } from "../model/registry.js";
import { withMutex } from "../system/mutex.js";
import {
  addReferrer,
  artifact,
  digestTag,
  EMPTY_BYTES,
  EMPTY_CONFIG,
  layerOf,
  parseReferrers,
  type Referrer,
} from "./artifact.js";
import { addBlobs, changing, setEntries, stageBlob } from "./layout-change.js";
import { withStaging } from "./layout-staging.js";
import type { LayoutStore } from "./layout-store.js";
import { type Descriptor, digestOf } from "./manifest.js";

interface About {
  readonly name: ImageName;
  /** Manifest digest. */
  readonly subject: Digest;
}

/** Documents about images in a layout, as registries without the referrers API keep them: NAME:sha256-… names the list. */
export async function attachInLayout(
  store: LayoutStore,
  { name, subject, attachment }: About & { readonly attachment: Attachment },
  signal: AbortSignal,
): Promise<void> {
  const { artifactType, bytes } = attachment;
  const layer = { mediaType: artifactType, digest: digestOf(bytes), size: bytes.length };
  const document = artifact({ artifactType, layer, subject: imageEntry(store, { name, subject }) });
  const isThere = () =>
    referrers(store, { name, subject }).some(({ digest }) => digest === document.digest) &&
    [document, layer].every((blob) => store.has(blob));
  if (isThere()) return;
  await changing(store, { what: `attach a document to ${name}`, signal }, () =>
    withStaging(store, signal, async (staging) => {
      const files = [
        await stageBlob(staging, EMPTY_CONFIG, EMPTY_BYTES),
        await stageBlob(staging, layer, bytes),
        await stageBlob(staging, document, document.bytes),
      ];
      await withMutex(store.lockFile, signal, async () => {
        await addBlobs(store, files);
        const index = addReferrer(referrers(store, { name, subject }), document, artifactType);
        if (index === undefined) return;
        await addBlobs(store, [await stageBlob(staging, index, index.bytes)]);
        await setEntries(store, index, [`${name}:${digestTag(subject)}`]);
      });
    }),
  );
}

/** All of this type that are complete. */
export function findAttachments(
  store: LayoutStore,
  { name, subject, artifactType }: About & { readonly artifactType: string },
): readonly Buffer[] {
  return referrers(store, { name, subject }).flatMap((entry) => {
    const manifest = entry.artifactType === artifactType ? store.read(entry.digest) : undefined;
    const layer = manifest && layerOf(manifest, subject);
    return (layer && store.read(layer.digest)) ?? [];
  });
}

function imageEntry(store: LayoutStore, { name, subject }: About): Descriptor {
  for (const [ref, entry] of store.entries()) {
    if (entry.digest === subject && ref.startsWith(`${name}:`)) return entry;
  }
  throw new RegistryError(`${store.directory} has no image ${name} with the digest ${subject}. Build it again.`);
}

/** None where the list is damaged: then it is written anew. */
function referrers(store: LayoutStore, { name, subject }: About): readonly Referrer[] {
  const ref = `${name}:${digestTag(subject)}`;
  const entry = store.entries().get(ref);
  const bytes = entry && store.read(entry.digest);
  return bytes === undefined ? [] : parseReferrers(bytes, `${ref} of ${store.directory}`);
}
