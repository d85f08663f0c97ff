import type { GateImage } from "../../model/gate.js";

export interface TreeRow {
  readonly image: GateImage;
  /** 0: it has a cause of its own, or its cause is not among the rows. */
  readonly depth: number;
}

/**
 * Orders images so that each is below the image it cascades from, and otherwise keeps their order. Images that are each other's
 * cause, which only a forged report has, stay at the top: no image is lost.
 */
export function treeRows(images: readonly GateImage[]): TreeRow[] {
  const byName = new Map(images.map((image) => [image.image, image]));
  const below = new Map<GateImage | undefined, GateImage[]>();
  for (const image of images) {
    const parent = byName.get(nearestCause(image) ?? "");
    const siblings = below.get(parent === image ? undefined : parent);
    if (siblings) siblings.push(image);
    else below.set(parent === image ? undefined : parent, [image]);
  }
  const seen = new Set<GateImage>();
  const rows: TreeRow[] = [];
  // Not recursive: a chain may be deeper than a call stack.
  const walk = (start: readonly GateImage[]) => {
    const waiting = start.toReversed().map((image) => ({ image, depth: 0 }));
    for (let row = waiting.pop(); row; row = waiting.pop()) {
      if (seen.has(row.image)) continue;
      seen.add(row.image);
      rows.push(row);
      const { depth } = row;
      waiting.push(...(below.get(row.image) ?? []).toReversed().map((image) => ({ image, depth: depth + 1 })));
    }
  };
  walk(below.get(undefined) ?? []);
  for (const image of images) walk([image]);
  return rows;
}

/** The parent that causes the image to be built; undefined if it has a cause of its own. */
function nearestCause({ reasons }: GateImage): string | undefined {
  return reasons.find(({ code }) => code === "PARENT" || code === "STAGE")?.via.at(-1);
}
