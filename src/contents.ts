import type { Context } from "./context.js";
import type { Loaded } from "./desired.js";
import type { ImageContents } from "./model/inventory.js";
import type { ImageName } from "./model/names.js";
import { lockedContents } from "./resolve/locked-contents.js";
import type { RegistryOptions } from "./session.js";

export interface ContentsOptions extends RegistryOptions {
  /** Images that nobody has looked at yet are pulled and looked at. */
  readonly scan?: boolean;
}

/** What is in each image of the catalogue, as far as that is known. */
export async function contentsOf(
  _context: Context,
  { desired }: Loaded,
  _options: ContentsOptions,
): Promise<ReadonlyMap<ImageName, ImageContents>> {
  const found = new Map<ImageName, ImageContents>();
  for (const image of desired.images.values()) found.set(image.node.name, lockedContents(image, found));
  return found;
}
