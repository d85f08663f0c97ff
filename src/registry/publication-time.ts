import type { Digest, ImageName } from "../model/names.js";
import type { AttachmentStore } from "../model/registry.js";

/** The media type of a document that says when an image was published: images have no time of their own, and few registries say one. */
const PUBLICATION = "application/vnd.slipway.publication+json";

/** Attaches the time of publication to an image. Writes nothing where one is attached. Raises RegistryError. */
export async function attachPublication(
  registry: AttachmentStore,
  { name, digest, time }: { readonly name: ImageName; readonly digest: Digest; readonly time: Date },
  signal: AbortSignal,
): Promise<void> {
  if ((await attachedPublication(registry, name, digest)) !== undefined) return;
  const bytes = Buffer.from(JSON.stringify({ digest, published: time.toISOString() }));
  await registry.attach(name, digest, { artifactType: PUBLICATION, bytes }, signal);
}

/**
 * When an image was published first, ISO 8601; undefined: nobody has written it down. Documents of others, and about other images, are
 * skipped. Raises RegistryError.
 */
export async function attachedPublication(
  registry: Pick<AttachmentStore, "attachments">,
  name: ImageName,
  digest: Digest,
): Promise<string | undefined> {
  const times = (await registry.attachments(name, digest, PUBLICATION)).flatMap((bytes) => timeIn(bytes, digest) ?? []);
  return times.sort()[0];
}

function timeIn(bytes: Buffer, digest: Digest): string | undefined {
  try {
    const { digest: of, published } = JSON.parse(bytes.toString("utf8")) as Record<string, unknown>;
    const time = Date.parse(String(published));
    return of === digest && !Number.isNaN(time) ? new Date(time).toISOString() : undefined;
  } catch {
    // Somebody else wrote it.
    return undefined;
  }
}
