import type { Digest, ImageName } from "../model/names.js";
import { type Attachment, RegistryError } from "../model/registry.js";
import { withMutex } from "../system/mutex.js";
import {
  addReferrer,
  artifact,
  artifactTypeOf,
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
import { type Descriptor, digestOf, OCI_MANIFEST } from "./manifest.js";

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
    listed(store, { name, subject })?.some(({ digest }) => digest === document.digest) === true &&
    [document, layer].every((blob) => store.read(blob.digest) !== undefined);
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
        const before = listed(store, { name, subject }) ?? findReferrers(store, subject, document.digest);
        const index = addReferrer(before, document, artifactType);
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
  return (listed(store, { name, subject }) ?? []).flatMap((entry) => {
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

/** undefined where the list is damaged. */
function listed(store: LayoutStore, { name, subject }: About): readonly Referrer[] | undefined {
  const ref = `${name}:${digestTag(subject)}`;
  const entry = store.entries().get(ref);
  if (entry === undefined) return [];
  const bytes = store.read(entry.digest);
  return bytes && parseReferrers(bytes, `${ref} of ${store.directory}`);
}

/** The documents about an image but one, from the blobs themselves: each names its subject. */
function findReferrers(store: LayoutStore, subject: Digest, except?: Digest): readonly Referrer[] {
  const found: Referrer[] = [];
  for (const { digest, size } of store.smallBlobs()) {
    const bytes = digest === except ? undefined : store.read(digest);
    const type = bytes && layerOf(bytes, subject) && artifactTypeOf(bytes);
    if (type !== undefined) found.push({ mediaType: OCI_MANIFEST, digest, size, artifactType: type });
  }
  return found;
}

/** The documents about an image that are whole, whether a list names them or not. */
export async function wholeReferrers(store: LayoutStore, subject: Digest): Promise<readonly Referrer[]> {
  const whole: Referrer[] = [];
  for (const entry of findReferrers(store, subject)) {
    const layer = layerOf(store.read(entry.digest) ?? Buffer.alloc(0), subject);
    if (layer && (await store.isWhole(layer))) whole.push(entry);
  }
  return whole;
}
