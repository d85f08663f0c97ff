import type { Digest } from "../model/names.js";
import type { ImageRecord } from "../model/plan.js";
import { RegistryError } from "../model/registry.js";
import type { HttpResponse } from "./http-exchange.js";
import { digestOf, type ImageManifest, isDigest, isRecord, OCI_MANIFEST, parseManifest } from "./manifest.js";

/** The registry's answer for a tag. */
export interface FoundManifest {
  readonly bytes: Buffer;
  readonly mediaType: string;
  readonly record: ImageRecord;
  readonly manifest: ImageManifest;
  /** `Last-Modified` as ISO 8601; few registries send it. */
  readonly modified?: string;
}

/** Whether an answer to GET /v2/NAME/manifests/REFERENCE is of status 200, but no manifest or another one. */
export function isWrongManifest({ status, body, headers }: HttpResponse, expected?: Digest): boolean {
  if (status !== 200) return false;
  const claimed = expected ?? headers["docker-content-digest"];
  if (isDigest(claimed) && claimed !== digestOf(body)) return true;
  try {
    return !isRecord(JSON.parse(body.toString("utf8")));
  } catch {
    return true;
  }
}

/**
 * Reads the answer to GET /v2/NAME/manifests/TAG. undefined: several images under one tag. RegistryError: the body is
 * not a manifest, or does not have its digest.
 */
export function readManifest({ body, headers }: HttpResponse, where: string): FoundManifest | undefined {
  const manifestDigest = digestOf(body);
  const claimed = headers["docker-content-digest"];
  if (isDigest(claimed) && claimed !== manifestDigest) {
    throw new RegistryError(
      `${where}: the manifest was changed on its way, or the registry is damaged: ${body.length} bytes with the digest ` +
        `${manifestDigest} came instead of ${claimed}. \`slipway verify --registry\` shows what is damaged.`,
    );
  }
  const manifest = parseManifest(body, where);
  if (manifest === undefined) return undefined;
  const mediaType = headers["content-type"]?.split(";")[0]?.trim() || OCI_MANIFEST;
  const record = { imageId: manifest.config.digest, manifestDigest };
  const modified = Date.parse(headers["last-modified"] ?? "");
  const time = Number.isNaN(modified) ? {} : { modified: new Date(modified).toISOString() };
  return { bytes: body, mediaType, manifest, record, ...time };
}
