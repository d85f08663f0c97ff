import { gunzipSync, gzipSync } from "node:zlib";
import type { CatalogueState, StateChanges, StateEntry } from "../model/catalogue-state.js";
import type { ImageName } from "../model/names.js";
import { DOCUMENT_LIMIT } from "./artifact.js";
import { isDigest, isRecord } from "./manifest.js";

const FORMAT = "slipway state 1";

/** gzip (RFC 1952) of JSON, `{ format, images: [[NAME, IMAGE ID, MANIFEST DIGEST, TAG...]] }`, in the order of names. */
export function formatState(state: CatalogueState): Buffer {
  const images = [...state]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, { imageId, manifestDigest, tags }]) => [name, imageId, manifestDigest, ...tags]);
  return gzipSync(JSON.stringify({ format: FORMAT, images }));
}

/** undefined: it is no state of this version. An entry that makes no sense is as good as a missing one. */
export function parseState(bytes: Uint8Array): CatalogueState | undefined {
  try {
    const value: unknown = JSON.parse(gunzipSync(bytes, { maxOutputLength: DOCUMENT_LIMIT }).toString("utf8"));
    if (!isRecord(value) || value.format !== FORMAT || !Array.isArray(value.images)) return undefined;
    return new Map(value.images.flatMap((row) => [...entryOf(row)]));
  } catch {
    return undefined;
  }
}

function* entryOf(row: unknown): Generator<readonly [ImageName, StateEntry]> {
  if (!Array.isArray(row) || !row.every((part) => typeof part === "string")) return;
  const [name = "", imageId, manifestDigest, ...tags] = row as string[];
  if (isDigest(imageId) && isDigest(manifestDigest)) yield [name as ImageName, { imageId, manifestDigest, tags }];
}

/** The state after the changes; the same one where they change nothing. */
export function changedState(before: CatalogueState, changes: StateChanges): CatalogueState {
  const news = [...changes].filter(([name, entry]) => !isSameEntry(before.get(name), entry));
  if (news.length === 0) return before;
  const after = new Map(before);
  for (const [name, entry] of news)
    if (entry === undefined) after.delete(name);
    else after.set(name, entry);
  return after;
}

function isSameEntry(a: StateEntry | undefined, b: StateEntry | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  const isSameImage = a.imageId === b.imageId && a.manifestDigest === b.manifestDigest;
  return isSameImage && a.tags.length === b.tags.length && a.tags.every((tag, index) => tag === b.tags[index]);
}
