import { createHash } from "node:crypto";
import type { Digest } from "../model/names.js";
import { RegistryError } from "../model/registry.js";

/** OCI image specification, descriptor.md: what a blob is, its digest and its size in bytes. */
export interface Descriptor {
  readonly mediaType: string;
  readonly digest: Digest;
  readonly size: number;
}

export interface ImageManifest {
  /** What the manifest says of itself; older ones say nothing. */
  readonly mediaType?: string;
  readonly config: Descriptor;
  readonly layers: readonly Descriptor[];
}

export const OCI_MANIFEST = "application/vnd.oci.image.manifest.v1+json";
/** Docker's "image manifest version 2, schema 2", which has the same shape. */
const DOCKER_MANIFEST = "application/vnd.docker.distribution.manifest.v2+json";
/** Several images for several platforms under one tag. */
export const OCI_INDEX = "application/vnd.oci.image.index.v1+json";
const DOCKER_LIST = "application/vnd.docker.distribution.manifest.list.v2+json";

/** Lists, too: asked for images only, a registry would choose one of the list itself, or answer 404. */
export const ACCEPT = [OCI_MANIFEST, DOCKER_MANIFEST, OCI_INDEX, DOCKER_LIST].join(", ");

const DIGEST = /^sha256:[0-9a-f]{64}$/;

/** Only digests of this form ever become part of a path or URL. */
export function isDigest(value: unknown): value is Digest {
  return typeof value === "string" && DIGEST.test(value);
}

export function digestOf(bytes: Uint8Array): Digest {
  return `sha256:${createHash("sha256").update(bytes).digest("hex")}` as Digest;
}

/** Image specification, manifest.md: the configuration of something other than an image. */
export const EMPTY_TYPE = "application/vnd.oci.empty.v1+json";

/**
 * Reads an image manifest (OCI image specification, manifest.md, or Docker's schema 2).
 * undefined: a manifest of another kind, for instance an image index, or of a document or file stored beside images.
 * RegistryError: not a manifest at all; `where` begins the message.
 */
export function parseManifest(bytes: Uint8Array, where: string): ImageManifest | undefined {
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(bytes).toString("utf8"));
  } catch {
    const start = Buffer.from(bytes)
      .subarray(0, 40)
      .toString("latin1")
      .replace(/[^\x20-\x7e]+/g, " ")
      .trim();
    throw new RegistryError(`${where}: the manifest is not JSON. ${bytes.length} bytes came: ${start}`);
  }
  if (!isRecord(value) || value.schemaVersion !== 2) throw new RegistryError(`${where}: the manifest is not readable.`);
  if (Array.isArray(value.manifests)) return undefined;
  const { config, layers } = value;
  if (!isDescriptor(config) || !Array.isArray(layers) || !layers.every(isDescriptor)) {
    throw new RegistryError(`${where}: the manifest does not describe an image.`);
  }
  if (config.mediaType === EMPTY_TYPE) return undefined;
  return { config, layers, ...(typeof value.mediaType === "string" && { mediaType: value.mediaType }) };
}

/** Whether two descriptors say the same of a blob; one with the right digest alone may have a wrong size or type. */
export function isSameDescriptor(a: Descriptor | undefined, b: Descriptor | undefined): boolean {
  return a?.digest === b?.digest && a?.size === b?.size && a?.mediaType === b?.mediaType;
}

/** Bytes of all layers as they are stored. */
export function storedLayerBytes(manifest: ImageManifest): number {
  return manifest.layers.reduce((sum, layer) => sum + layer.size, 0);
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function isDescriptor(value: unknown): value is Descriptor {
  return (
    isRecord(value) && isDigest(value.digest) && Number.isSafeInteger(value.size) && typeof value.mediaType === "string"
  );
}
