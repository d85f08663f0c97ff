import { countOf, parentsOf, type Snapshot } from "./snapshot.js";

/** An image and where it is defined. */
export interface DefinedImage {
  readonly image: number;
  readonly file: string;
  /** Among the images of the file. */
  readonly place: number;
}

interface Differences {
  /** Images that are not, or may not be, where the snapshot has them. */
  readonly defined: readonly DefinedImage[];
  readonly gone: ReadonlySet<number>;
  readonly parents: (image: number) => Iterable<number>;
}

/** The order in which resolve/graph.ts would find the images: that of their definitions, each as soon as all that it is built from are there. */
export function buildOrder(snapshot: Snapshot, { defined, gone, parents }: Differences): readonly number[] {
  const moved = new Set([...gone, ...defined.map(({ image }) => image)]);
  const images = inOrderOfFiles(snapshot, defined, moved);
  const children = new Map<number, number[]>();
  const missing = new Map<number, number>();
  const ready: number[] = [];
  for (const image of images) {
    let count = 0;
    for (const parent of moved.has(image) ? parents(image) : parentsOf(snapshot, image)) {
      count++;
      const siblings = children.get(parent);
      if (siblings === undefined) children.set(parent, [image]);
      else siblings.push(image);
    }
    if (count === 0) ready.push(image);
    else missing.set(image, count);
  }
  // Iterating over a list includes what is added meanwhile.
  for (const image of ready) {
    for (const child of children.get(image) ?? []) {
      const left = (missing.get(child) as number) - 1;
      missing.set(child, left);
      if (left === 0) ready.push(child);
    }
  }
  return ready;
}

/** All images in the order in which their definitions are read: by file, and within a file as they stand there. */
function inOrderOfFiles(snapshot: Snapshot, defined: readonly DefinedImage[], moved: ReadonlySet<number>): number[] {
  const { columns, files } = snapshot;
  const rest = Array.from({ length: countOf(snapshot) }, (_, image) => image).filter((image) => !moved.has(image));
  rest.sort(
    (a, b) =>
      (columns.file[a] as number) - (columns.file[b] as number) ||
      (columns.place[a] as number) - (columns.place[b] as number),
  );
  const more = [...defined].sort((a, b) => (a.file === b.file ? a.place - b.place : a.file < b.file ? -1 : 1));
  const order: number[] = [];
  let next = 0;
  for (const image of rest) {
    const file = files.at(columns.file[image] as number);
    while (next < more.length && (more[next] as DefinedImage).file < file)
      order.push((more[next++] as DefinedImage).image);
    order.push(image);
  }
  // All images of a file are read together, so a file has either none or all of its images in `defined`.
  return [...order, ...more.slice(next).map(({ image }) => image)];
}
