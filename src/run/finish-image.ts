import { createHash } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import type { Digest } from "../model/names.js";
import { makeDirectory } from "../system/make-directory.js";
import type { Buildah } from "./buildah.js";
import { type Additions, type ImageConfig, readConfig, withAdditions } from "./image-config.js";
import { bareId } from "./images.js";
import { mountPoints } from "./mount-points.js";
import { type Finished, lastLines, run } from "./process.js";
import { type Job, StepFailure } from "./runner.js";
import { readStored } from "./stored-image.js";
import { readTarEntries, type TarEntry } from "./tar-entries.js";

export interface Finishing extends Job {
  readonly imageId: Digest;
  /** An existing directory for temporary files. */
  readonly directory: string;
  readonly additions: Additions | undefined;
  /** Set: mount points that Buildah made are taken out of the layer that the build added. */
  readonly bare?: { readonly base: ImageConfig | undefined; readonly copied: ReadonlySet<string> };
}

interface Descriptor {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
}

interface Manifest {
  readonly config: Descriptor;
  readonly layers: readonly Descriptor[];
}

/** The new top layer: a file. */
type Stripped = Pick<Descriptor, "digest" | "size"> & { readonly path: string };

/**
 * Gives an image what Buildah cannot build: another configuration and, where that is needed, another top layer. They are pulled from
 * an OCI layout that holds nothing else; local storage has the other layers and finds them by their digests. The image ID stays a
 * function of the content. Raises StepFailure.
 */
export async function finishImage(buildah: Buildah, job: Finishing): Promise<Digest> {
  const { imageId, directory, signal, additions, bare } = job;
  const stripped = bare ? await stripTop(buildah, job, bare) : undefined;
  if (stripped === undefined && additions === undefined) return imageId;
  const config = withAdditions(await readConfig(buildah.system, imageId), additions);
  const manifest = (await readStored(buildah.system, imageId, "manifest")) as Manifest;
  const finished = await writeLayout(join(directory, "layout"), { config, layers: manifest.layers, stripped });
  const archive = ["--create", "--file", "layout.tar", "--directory", "layout", "."];
  must(job, "tar", await run("tar", archive, { signal, cwd: directory }));
  // The only transport that gives the image no name, which could not be removed afterwards.
  await command(buildah, job, ["pull", "--quiet", "oci-archive:layout.tar"]);
  return finished;
}

interface Layout {
  readonly config: ImageConfig;
  readonly layers: readonly Descriptor[];
  readonly stripped: Stripped | undefined;
}

/** Writes an OCI layout (image-layout.md) with no layers but the new one; returns the image ID. */
async function writeLayout(directory: string, { config, layers, stripped }: Layout): Promise<Digest> {
  const blobs = join(directory, "blobs", "sha256");
  makeDirectory(blobs);
  const store = async (mediaType: string, value: unknown): Promise<Descriptor> => {
    const text = JSON.stringify(value);
    const hex = createHash("sha256").update(text).digest("hex");
    await writeFile(join(blobs, hex), text);
    return { mediaType, digest: `sha256:${hex}`, size: Buffer.byteLength(text) };
  };
  if (stripped) await rename(stripped.path, join(blobs, stripped.digest.slice("sha256:".length)));
  const tar = "application/vnd.oci.image.layer.v1.tar";
  const top = stripped && { mediaType: tar, digest: stripped.digest, size: stripped.size };
  const { diff_ids: ids = [] } = config.rootfs ?? {};
  const image = await store("application/vnd.oci.image.config.v1+json", {
    ...config,
    rootfs: { type: "layers", diff_ids: top ? [...ids.slice(0, -1), top.digest] : ids },
  });
  const type = "application/vnd.oci.image.manifest.v1+json";
  const manifest = {
    schemaVersion: 2,
    mediaType: type,
    config: image,
    layers: top ? [...layers.slice(0, -1), top] : layers,
  };
  const index = { schemaVersion: 2, manifests: [await store(type, manifest)] };
  await writeFile(join(directory, "index.json"), JSON.stringify(index));
  await writeFile(join(directory, "oci-layout"), JSON.stringify({ imageLayoutVersion: "1.0.0" }));
  return image.digest as Digest;
}

/** The top layer without mount points; undefined: it has none. */
async function stripTop(
  buildah: Buildah,
  job: Finishing,
  { base, copied }: NonNullable<Finishing["bare"]>,
): Promise<Stripped | undefined> {
  const pushed = join(job.directory, "pushed");
  // `dir:` has each layer as a file under its digest (containers-transports(5)), and is the only transport that does not compress.
  await command(buildah, job, ["push", "--quiet", "--disable-compression", bareId(job.imageId), "dir:pushed"]);
  const { layers } = JSON.parse(await readFile(join(pushed, "manifest.json"), "utf8")) as Manifest;
  const pathOf = ({ digest }: Descriptor) => join(pushed, digest.slice("sha256:".length));
  const top = layers.at(-1);
  if (top === undefined || layers.length <= (base?.rootfs?.diff_ids.length ?? 0)) return undefined;
  const entries = await readTarEntries(pathOf(top));
  const below = await Promise.all(layers.slice(0, -1).map((layer) => readTarEntries(pathOf(layer))));
  const gone = mountPoints({ top: entries, below: new Set(below.flat().map(({ name }) => name)), copied });
  if (gone.size === 0) return undefined;
  const path = join(job.directory, "top");
  const stripped = { ...(await copyWithout(pathOf(top), path, gone)), path };
  await rm(pushed, { recursive: true });
  return stripped;
}

/** Copies an archive without some of its entries. */
async function copyWithout(from: string, to: string, gone: ReadonlySet<TarEntry>) {
  const hash = createHash("sha256");
  let size = 0;
  const kept = async function* () {
    let at = 0;
    const cuts = [...gone].sort((a, b) => a.start - b.start).map(({ start, end }) => ({ start, end }));
    for (const { start, end } of [...cuts, { start: Number.POSITIVE_INFINITY, end: 0 }]) {
      if (start > at) {
        for await (const chunk of createReadStream(from, { start: at, end: start - 1, highWaterMark: 1 << 20 })) {
          hash.update(chunk);
          size += chunk.length;
          yield chunk;
        }
      }
      at = end;
    }
  };
  await pipeline(kept, createWriteStream(to));
  return { digest: `sha256:${hash.digest("hex")}`, size };
}

async function command(buildah: Buildah, job: Finishing, args: readonly string[]): Promise<void> {
  // With relative paths: an absolute one may have a colon in it, which has a meaning in oci-archive.
  const { signal, log, directory: cwd } = job;
  must(job, `buildah ${args[0]}`, await buildah.run(args, { signal, log, cwd }));
}

function must({ signal }: Finishing, what: string, { exitCode, stderr }: Finished): void {
  if (exitCode === 0) return;
  if (signal.aborted) throw new StepFailure("INTERRUPTED", "interrupted");
  throw new StepFailure("BUILD_FAILED", `${what}: ${lastLines(stderr, 1)[0] ?? "it failed"}`, lastLines(stderr));
}
