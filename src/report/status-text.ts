import { table } from "./text.js";

interface ImageStatus {
  readonly image: string;
  readonly version: string;
  readonly status: string;
  readonly reason: string;
}

export const statusText = (images: readonly ImageStatus[]) =>
  `${table(images.map(({ image, version, status, reason }) => [status, `${image} ${version}`, reason]))}\n`;
