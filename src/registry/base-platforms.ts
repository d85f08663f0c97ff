import type { Digest, Platform } from "../model/names.js";
import { RegistryError } from "../model/registry.js";
import { digestOf, isDigest, isRecord } from "./manifest.js";
import type { AccessOptions } from "./open.js";
import { type ExternalReference, manifestAsker } from "./tag-digest.js";

/** As slipway.yaml and slipway.lock write platforms. */
const PLATFORM = /^[a-z0-9]+\/[a-z0-9_]+(?:\/[a-z0-9]+)?$/;

/**
 * The manifest digests of an image index, by platform (OCI image specification, image-index.md); undefined: the digest is that of
 * one image. RegistryError: the registry does not answer, or not with what the digest says.
 */
export async function basePlatforms(
  reference: ExternalReference,
  digest: Digest,
  access: { readonly options: AccessOptions; readonly signal: AbortSignal },
): Promise<ReadonlyMap<Platform, Digest> | undefined> {
  const { body } = await manifestAsker(reference, access.options, access.signal)("GET", digest);
  const where = `${reference.host}/${reference.repository}@${digest}`;
  if (digestOf(body) !== digest) throw new RegistryError(`${where}: the registry answers with another manifest.`);
  const manifests = readManifests(body, where);
  if (manifests === undefined) return undefined;
  const platforms = new Map<Platform, Digest>();
  for (const entry of manifests) {
    const { digest: own, platform } = isRecord(entry) ? entry : {};
    if (!isDigest(own) || !isRecord(platform)) continue;
    const { os, architecture, variant } = platform;
    const name = [os, architecture, ...(variant === undefined ? [] : [variant])].join("/");
    // `unknown/unknown` is what build tools call their attestations.
    if (PLATFORM.test(name) && os !== "unknown" && !platforms.has(name as Platform))
      platforms.set(name as Platform, own);
  }
  return platforms;
}

function readManifests(body: Buffer, where: string): readonly unknown[] | undefined {
  try {
    const value: unknown = JSON.parse(body.toString("utf8"));
    if (isRecord(value)) return Array.isArray(value.manifests) ? value.manifests : undefined;
  } catch {
    // Reported below.
  }
  throw new RegistryError(`${where}: the manifest is not readable.`);
}
