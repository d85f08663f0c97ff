import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { open, readFile } from "node:fs/promises";
import { join } from "node:path";
import { createGunzip } from "node:zlib";
import type { Digest } from "../model/names.js";
import { type LocalImage, RegistryError, type RunBuildah } from "../model/registry.js";
import { makeDirectory } from "../system/make-directory.js";
import { syncFile, writeDurably } from "../system/replace-file.js";
import { parseIndex } from "./layout-index.js";
import { type Descriptor, digestOf, type ImageManifest, isDigest, OCI_MANIFEST, parseManifest } from "./manifest.js";

/** An image as files in a staging directory, every one of them on the disk. */
export interface StagedImage {
  readonly manifest: ImageManifest;
  readonly entry: Descriptor;
  /** Where each blob of the image lies. */
  readonly files: readonly StagedBlob[];
}

export interface StagedBlob extends Descriptor {
  readonly path: string;
}

/** Annotations Buildah derives from its local storage; the same image would get another digest on another machine. */
const LOCAL_ANNOTATIONS = ["org.opencontainers.image.base.digest", "org.opencontainers.image.base.name"];

export interface StagePush {
  readonly image: LocalImage;
  /** An existing, empty directory. */
  readonly directory: string;
  readonly buildah: RunBuildah;
  readonly signal: AbortSignal;
  /** Links an uncompressed layer that the layout has already, and that has been read, to this path; without one, nothing. */
  readonly link: (layer: Digest, path: string) => Promise<void>;
}

/**
 * Lets Buildah write the image to a layout of its own and stores its layers uncompressed, so that neither the manifest
 * digest nor the work depends on a gzip implementation.
 *
 * Buildah 1.28 always compresses for `oci:` (--disable-compression has no effect there), but takes a blob that lies
 * under a layer's uncompressed digest for that layer. So known layers are linked into place first and cost nothing;
 * the new ones come at compression level 0, which is hardly more than a copy, and are unpacked here.
 */
export async function stagePush({ image, directory, buildah, signal, link }: StagePush): Promise<StagedImage> {
  const id = image.imageId.slice("sha256:".length);
  const described = await buildah(["inspect", "--type", "image", "--format", "{{.OCIv1.RootFS.DiffIDs}}", id], signal);
  const diffIds = described.match(/sha256:[0-9a-f]{64}/g)?.filter(isDigest) ?? [];
  makeDirectory(join(directory, "blobs", "sha256"));
  // A layer that has just been pruned, or where links are not possible, is pushed like a new one.
  for (const layer of new Set(diffIds)) await link(layer, blobPath(directory, layer));
  await buildah(["push", "--quiet", "--compression-level", "0", id, `oci:${directory}:staged`], signal);

  const [entry] = parseIndex(await readFile(join(directory, "index.json"), "utf8"), directory);
  if (entry === undefined) throw new RegistryError(`Buildah pushed no image for ${image.imageId}.`);
  const text = await readFile(blobPath(directory, entry.digest));
  const pushed = parseManifest(text, directory);
  if (pushed?.config.digest !== image.imageId) {
    throw new RegistryError(
      `Buildah pushed another image ID than ${image.imageId}. Only images in OCI format keep theirs: build without --format docker.`,
    );
  }
  const layers: StagedBlob[] = [];
  for (const [index, layer] of pushed.layers.entries()) {
    signal.throwIfAborted();
    layers.push(await unpackLayer(directory, layer, diffIds[index]));
  }
  return stageManifest(directory, JSON.parse(text.toString("utf8")), layers);
}

/** Writes the manifest for the stored layers. Other fields stay, in their order. */
async function stageManifest(
  directory: string,
  pushed: { config: Descriptor; annotations?: Record<string, string> },
  layers: readonly StagedBlob[],
): Promise<StagedImage> {
  const { annotations, ...rest } = pushed;
  const kept = Object.entries(annotations ?? {}).filter(([name]) => !LOCAL_ANNOTATIONS.includes(name));
  const manifest = {
    ...rest,
    layers: layers.map(({ path: _, ...descriptor }) => descriptor),
    ...(kept.length > 0 ? { annotations: Object.fromEntries(kept) } : {}),
  };
  const bytes = Buffer.from(JSON.stringify(manifest));
  const entry = { mediaType: OCI_MANIFEST, digest: digestOf(bytes), size: bytes.length };
  await writeDurably(blobPath(directory, entry.digest), bytes);
  await syncFile(blobPath(directory, pushed.config.digest));
  const files = [pushed.config, entry].map((blob) => ({ ...blob, path: blobPath(directory, blob.digest) }));
  return { manifest, entry, files: [...layers, ...files] };
}

/** Unpacks a gzip layer. One in another compression (containers.conf can ask for that) stays as Buildah wrote it. */
async function unpackLayer(directory: string, layer: Descriptor, diffId: Digest | undefined): Promise<StagedBlob> {
  const path = blobPath(directory, layer.digest);
  if (!layer.mediaType.endsWith("+gzip")) {
    await syncFile(path);
    return { ...layer, path };
  }
  const unpacked = join(directory, `layer-${layer.digest.slice("sha256:".length)}`);
  const { digest, size } = await gunzip(path, unpacked);
  if (digest !== diffId) {
    throw new RegistryError(
      `Layer ${layer.digest} holds ${digest}, but the image says ${diffId}. Build the image again.`,
    );
  }
  return { ...layer, mediaType: layer.mediaType.slice(0, -"+gzip".length), digest, size, path: unpacked };
}

async function gunzip(from: string, to: string): Promise<{ digest: Digest; size: number }> {
  const hash = createHash("sha256");
  let size = 0;
  const file = await open(to, "w");
  try {
    // Large chunks: with the defaults of 16 and 64 KiB more time is spent between the calls than in them.
    const source = createReadStream(from, { highWaterMark: 1 << 20 });
    const plain = createGunzip({ chunkSize: 1 << 20 });
    source.once("error", (error) => plain.destroy(error));
    for await (const chunk of source.pipe(plain)) {
      hash.update(chunk);
      size += chunk.length;
      await file.write(chunk);
    }
    await file.sync();
  } finally {
    await file.close();
  }
  return { digest: `sha256:${hash.digest("hex")}` as Digest, size };
}

function blobPath(directory: string, digest: Digest): string {
  return join(directory, "blobs", "sha256", digest.slice("sha256:".length));
}
