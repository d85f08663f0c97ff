import type { Digest, ImageName } from "../model/names.js";
import { RegistryError } from "../model/registry.js";
import { type Descriptor, digestOf, EMPTY_TYPE, isDescriptor, isRecord, OCI_INDEX, OCI_MANIFEST } from "./manifest.js";

/** A manifest for something other than an image: a document about one, or a file (image specification 1.1, manifest.md, "artifacts"). */
export interface OciArtifact extends Descriptor {
  readonly bytes: Buffer;
}

export interface ArtifactParts {
  readonly artifactType: string;
  /** What it consists of. */
  readonly layer: Descriptor & { readonly annotations?: Readonly<Record<string, string>> };
  /** The image that it is about. */
  readonly subject?: Descriptor;
}

/** An entry of the index of documents about one image; other tools may have added fields. */
export type Referrer = Descriptor & { readonly artifactType?: unknown };

/** The configuration of every artifact. */
export const EMPTY_BYTES = Buffer.from("{}");
export const EMPTY_CONFIG: Descriptor = { mediaType: EMPTY_TYPE, digest: digestOf(EMPTY_BYTES), size: 2 };

/** The repository of files that `slipway vendor` stores. */
export const FILES = "slipway-packages" as ImageName;
/** The repository of the state of the catalogue (state-distribution.ts). */
export const STATE = "slipway-state" as ImageName;
const FILE_ARTIFACT = "application/vnd.slipway.package.v1";
/** Image specification, annotations.md: a file's name. */
const TITLE = "org.opencontainers.image.title";

/** Bytes: the most that a document about an image may have. */
export const DOCUMENT_LIMIT = 64 * 1024 * 1024;

/** The same parts always give the same bytes. */
export function artifact({ artifactType, layer, subject }: ArtifactParts): OciArtifact {
  const bytes = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: OCI_MANIFEST,
      artifactType,
      config: EMPTY_CONFIG,
      layers: [layer],
      ...(subject && { subject: plain(subject) }),
    }),
  );
  return { mediaType: OCI_MANIFEST, digest: digestOf(bytes), size: bytes.length, bytes };
}

/** The manifest for a file in the repository FILES. */
export function fileArtifact({ sha256, name }: { sha256: string; name: string }, size: number): OciArtifact {
  const digest = `sha256:${sha256}` as Digest;
  const layer = { mediaType: "application/octet-stream", digest, size, annotations: { [TITLE]: name } };
  return artifact({ artifactType: FILE_ARTIFACT, layer });
}

/** The content of an artifact; undefined: it is not about this image, or Slipway cannot read it. */
export function layerOf(bytes: Uint8Array, subject?: Digest): Descriptor | undefined {
  const value = readJson(bytes);
  if (!isRecord(value) || !Array.isArray(value.layers)) return undefined;
  if (subject !== undefined && !(isRecord(value.subject) && value.subject.digest === subject)) return undefined;
  const [layer, ...more] = value.layers;
  return isDescriptor(layer) && more.length === 0 ? layer : undefined;
}

/** What kind of document an artifact's manifest says it is. */
export function artifactTypeOf(bytes: Uint8Array): string | undefined {
  const value = readJson(bytes);
  return isRecord(value) && typeof value.artifactType === "string" ? value.artifactType : undefined;
}

/**
 * The tag of the index of documents about a manifest, where the registry keeps no such list itself (distribution specification 1.1,
 * "referrers tag schema"); also the tag of a file.
 */
export const digestTag = (digest: Digest) => digest.replace(":", "-");

/** The entries of such an index. RegistryError: the tag names something else, which is then left alone. */
export function parseReferrers(bytes: Uint8Array, where: string): readonly Referrer[] {
  const value = readJson(bytes);
  if (!isRecord(value) || !Array.isArray(value.manifests)) {
    throw new RegistryError(`${where} is no list of documents about an image. Remove what stands there.`);
  }
  return value.manifests.filter(isDescriptor);
}

/** Adds an entry; undefined: it is there already. Other entries stay as they are. */
export function addReferrer(
  before: readonly Referrer[],
  { mediaType, digest, size }: OciArtifact,
  artifactType: string,
): OciArtifact | undefined {
  if (before.some((entry) => entry.digest === digest)) return undefined;
  return referrerList([...before, { mediaType, digest, size, artifactType }]);
}

/** The index of these documents: the same ones always give the same bytes. */
export function referrerList(documents: readonly Referrer[]): OciArtifact {
  const manifests = [...documents].sort((a, b) => (a.digest < b.digest ? -1 : 1));
  const bytes = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: OCI_INDEX, manifests }));
  return { mediaType: OCI_INDEX, digest: digestOf(bytes), size: bytes.length, bytes };
}

function plain({ mediaType, digest, size }: Descriptor): Descriptor {
  return { mediaType, digest, size };
}

function readJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(bytes).toString("utf8"));
  } catch {
    return undefined;
  }
}
