import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Digest } from "../model/names.js";
import type { BuildSystem } from "./build-system.js";
import { StepFailure } from "./runner.js";

/** An image or a layer in the lists of containers/storage (its docs/containers-storage.conf.5.md and images.go, layers.go). */
export interface StoredEntry {
  readonly id: string;
  /** Of an image: its top layer. */
  readonly layer?: string;
  /** Of a layer. */
  readonly parent?: string;
}

/** The images or layers of a local storage. Asking Buildah would take a tenth of a second. Raises the errors of the system. */
export async function storedEntries(
  { storage: { root, driver } }: BuildSystem,
  kind: "images" | "layers",
): Promise<readonly StoredEntry[]> {
  return JSON.parse(await readFile(join(root, `${driver}-${kind}`, `${kind}.json`), "utf8"));
}

/** Whether an image is in local storage. */
export async function isStored(system: BuildSystem, imageId: Digest): Promise<boolean> {
  const images = await storedEntries(system, "images").catch(() => []);
  return images.some(({ id }) => `sha256:${id}` === imageId);
}

/** The configuration or the manifest of an image, as it was stored. Raises StepFailure. */
export async function readStored(
  { storage: { root, driver } }: BuildSystem,
  imageId: Digest,
  document: "config" | "manifest",
): Promise<unknown> {
  // containers/storage, makeBigDataBaseName: what has other characters than digits, small letters and dots is in Base64 after `=`.
  const name = document === "manifest" ? "manifest" : `=${Buffer.from(imageId).toString("base64")}`;
  try {
    const bytes = await readFile(join(root, `${driver}-images`, imageId.slice("sha256:".length), name));
    const isWhole = document === "manifest" || `sha256:${createHash("sha256").update(bytes).digest("hex")}` === imageId;
    if (!isWhole) throw new Error("its configuration has changed since it was stored");
    return JSON.parse(bytes.toString("utf8"));
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new StepFailure("BUILD_FAILED", `cannot read ${imageId} in local storage: ${why}`);
  }
}
