import type { ImageStatus } from "../model/image-status.js";
import { table } from "./text.js";

/** The images and statuses that the user asked for; omitted: all. */
interface Filter {
  readonly names?: readonly string[];
  readonly only?: readonly string[] | undefined;
}

/** One line an image; a single sentence where no image matches. */
export function statusText(images: readonly ImageStatus[], { names = [], only = [] }: Filter = {}): string {
  if (images.length > 0)
    return `${table(images.map(({ image, version, status, reason }) => [status, `${image} ${version}`, reason]))}\n`;
  return `${names.length > 0 ? "None of the named images" : "No image"} is ${only.join(" or ")}.\n`;
}
