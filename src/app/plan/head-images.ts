import type { DesiredImage } from "../../model/desired.js";
import type { ImageName } from "../../model/names.js";
import type { ImageNumbers, Side } from "./side.js";
import { countOf, type Snapshot } from "./snapshot.js";

/** The images that a plan is for, as far as its readers ask about them. */
export interface HeadImages {
  /** All of them. */
  readonly names: () => Iterable<ImageName>;
  /** undefined: there is no such image. */
  readonly find: (name: ImageName) => { readonly version: string; readonly parents: readonly ImageName[] } | undefined;
}

export const imagesOf = (images: ReadonlyMap<ImageName, DesiredImage>): HeadImages => ({
  names: () => images.keys(),
  find: (name) => {
    const node = images.get(name)?.node;
    return node && { version: node.definition.version, parents: node.parents };
  },
});

/** Those of a commit of which only a part was read. */
export function imagesOfSide(snapshot: Snapshot, side: Side, numbers: ImageNumbers): HeadImages {
  const find = (name: ImageName) => {
    const image = numbers.of(name);
    return side.has(image) ? side.planned(image) : undefined;
  };
  return {
    find,
    *names() {
      for (let image = 0; image < countOf(snapshot); image++)
        if (side.has(image)) yield snapshot.names.at(image) as ImageName;
      for (const [image, { node }] of side.read) if (image >= countOf(snapshot)) yield node.name;
    },
  };
}
