import { randomBytes } from "node:crypto";
import { readlinkSync, renameSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { makeDirectory } from "../system/make-directory.js";
import type { LayoutStore } from "./layout-store.js";
import type { Descriptor, ImageManifest } from "./manifest.js";

/**
 * Makes one image of a layout available as a directory for the transport `dir:` and returns its path. The directory holds only symbolic
 * links and never goes out of date, because its name is the manifest digest.
 *
 * Buildah 1.28 cannot be sent to the layout itself: for `oci:PATH:NAME:TAG` it makes up a local name from PATH alone.
 * It refuses PATH where that is no valid name (capitals; `.slipway`), and two pulls at once get one another's image.
 * An image from `dir:` gets no name at all.
 */
export function layoutView(store: LayoutStore, entry: Descriptor, manifest: ImageManifest): string {
  const directory = join(store.directory, ".slipway-pull", hex(entry));
  makeDirectory(directory);
  for (const blob of [manifest.config, ...manifest.layers]) linkBlob(blob, join(directory, hex(blob)));
  linkBlob(entry, join(directory, "manifest.json"));
  return directory;
}

/** Relative, so that the layout can be moved. Another process may be making the same link. After a power cut any may be missing. */
function linkBlob(blob: Descriptor, path: string): void {
  const target = join("../../blobs/sha256", hex(blob));
  if (readLink(path) === target) return;
  const temporary = `${path}.${randomBytes(6).toString("hex")}`;
  symlinkSync(target, temporary);
  renameSync(temporary, path);
}

/** undefined: there is none, or something else. */
function readLink(path: string): string | undefined {
  try {
    return readlinkSync(path);
  } catch {
    return undefined;
  }
}

function hex({ digest }: Descriptor): string {
  return digest.slice("sha256:".length);
}
