import type { ImageName } from "./names.js";

export const STATUSES = ["READY", "STALE", "MISSING", "ERROR", "DEPRECATED"] as const;

export type Status = (typeof STATUSES)[number];

/** Where an image stands, and why. */
export interface Verdict {
  readonly status: Status;
  readonly reason: string;
}

/** An image of the catalogue as the registry has it. */
export interface ImageStatus extends Verdict {
  readonly image: ImageName;
  readonly version: string;
}
