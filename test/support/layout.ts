import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** The configuration of manifests that are not images. */
const EMPTY_TYPE = "application/vnd.oci.empty.v1+json";

interface Descriptor {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
  readonly annotations?: Readonly<Record<string, string>>;
}

interface Manifest {
  readonly config: Descriptor;
  readonly layers: readonly Descriptor[];
  /** Instead of these two, if it is a list of manifests. */
  readonly manifests?: readonly Descriptor[];
}

export interface LayoutImage {
  readonly digest: string;
  readonly imageId: string;
}

/**
 * Every `NAME:TAG` of an OCI layout that is an image, without other stored data. Throws if index.json or a manifest is invalid, or, unless
 * `skipsNameless`, if an entry has no name.
 */
export function layoutTags(directory: string, skipsNameless = false): Map<string, LayoutImage> {
  const tags = new Map<string, LayoutImage>();
  for (const { digest, annotations } of readIndex(directory)) {
    const name = annotations?.["org.opencontainers.image.ref.name"];
    if (name === undefined && skipsNameless) continue;
    if (name === undefined) throw new Error(`an entry without a name: ${digest}`);
    if (tags.has(name)) throw new Error(`${name} is there twice`);
    const manifest = JSON.parse(readBlob(directory, digest).toString("utf8")) as Partial<Manifest>;
    if (manifest.config === undefined || manifest.config.mediaType === EMPTY_TYPE) continue;
    tags.set(name, { digest, imageId: manifest.config.digest });
  }
  return tags;
}

/** The images as an object, for readable comparisons: `NAME:TAG` to `IMAGE-ID MANIFEST-DIGEST`. */
export function layoutContent(directory: string): Record<string, string> {
  const entries = [...layoutTags(directory)].map(([name, { digest, imageId }]) => [name, `${imageId} ${digest}`]);
  return Object.fromEntries(entries.sort(([a = ""], [b = ""]) => (a < b ? -1 : 1)));
}

/** The configuration of an image and what its top layer has, as text: what makes it another image than the expected one. */
export function describeImage(directory: string, digest: string): string {
  const manifest = JSON.parse(readBlob(directory, digest).toString("utf8")) as Manifest;
  const config = readBlob(directory, manifest.config.digest).toString("utf8");
  const top = manifest.layers.at(-1)?.digest.slice("sha256:".length) ?? "";
  const listing = execFileSync("tar", [
    "--list",
    "--verbose",
    "--numeric-owner",
    "--file",
    join(directory, "blobs/sha256", top),
  ]);
  return `${config}\n${listing}`;
}

/** Reads every blob that any tag needs and checks its size and digest; returns their number. */
export function checkLayout(directory: string): number {
  const checked = new Set<string>();
  const check = ({ digest, size }: Descriptor): Buffer => {
    const bytes = readBlob(directory, digest);
    if (bytes.length !== size) throw new Error(`${digest} has ${bytes.length} bytes, not ${size}`);
    const actual = `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
    if (actual !== digest) throw new Error(`${digest} holds ${actual}`);
    checked.add(digest);
    return bytes;
  };
  const checkManifest = (entry: Descriptor): void => {
    const manifest = JSON.parse(check(entry).toString("utf8")) as Manifest;
    if (manifest.manifests) manifest.manifests.forEach(checkManifest);
    else for (const blob of [manifest.config, ...manifest.layers]) check(blob);
  };
  for (const entry of readIndex(directory)) checkManifest(entry);
  return checked.size;
}

/** Files of Slipway's in a layout that no run may leave behind. */
export function layoutLeftovers(directory: string): string[] {
  return readdirSync(directory).filter((name) => /^\.slipway-(?:tmp|staging-)/.test(name));
}

function readIndex(directory: string): Descriptor[] {
  const index = JSON.parse(readFileSync(join(directory, "index.json"), "utf8")) as { manifests: Descriptor[] };
  return index.manifests;
}

function readBlob(directory: string, digest: string): Buffer {
  return readFileSync(join(directory, "blobs/sha256", digest.replace("sha256:", "")));
}
