import type { ImageStatus } from "../model/image-status.js";
import { table } from "./text.js";

/** What was asked for: everything that is not given. */
interface Asked {
  readonly names?: readonly string[];
  readonly only?: readonly string[] | undefined;
}

/** One line an image; where none has a status that was asked for, the line that says so. */
export function statusText(images: readonly ImageStatus[], { names = [], only = [] }: Asked = {}): string {
  if (images.length > 0)
    return `${table(images.map(({ image, version, status, reason }) => [status, `${image} ${version}`, reason]))}\n`;
  return `${names.length > 0 ? "None of the named images" : "No image"} is ${only.join(" or ")}.\n`;
}
