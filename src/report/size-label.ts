import type { GateReport } from "../model/gate.js";
import { rebuilds } from "./gate/facts.js";

/** A label of a pull request; `color` is six hex digits, as in GitHub's API. */
export interface SizeLabel {
  readonly name: string;
  readonly color: string;
  readonly description: string;
  /** The largest number of rebuilt images that it stands for. */
  readonly most: number;
}

/** In increasing order. A pull request has one of them. */
export const SIZE_LABELS: readonly SizeLabel[] = [
  { name: "rebuild: 0", color: "ededed", description: "rebuilds no image", most: 0 },
  { name: "rebuild: 1", color: "c2e0c6", description: "rebuilds one image", most: 1 },
  { name: "rebuild: 2-10", color: "bfd4f2", description: "rebuilds 2 to 10 images", most: 10 },
  { name: "rebuild: 11-100", color: "fbca04", description: "rebuilds 11 to 100 images", most: 100 },
  {
    name: "rebuild: >100",
    color: "d93f0b",
    description: "rebuilds more than 100 images",
    most: Number.POSITIVE_INFINITY,
  },
];

/** The name of the label for the number of images that the change rebuilds. */
export function sizeLabel(report: GateReport): string {
  const count = rebuilds(report).length;
  return SIZE_LABELS.find(({ most }) => count <= most)?.name ?? "";
}
