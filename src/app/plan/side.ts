import type { DesiredImage } from "../../model/desired.js";
import type { BuildKey, ImageName } from "../../model/names.js";
import { parentsText } from "../../resolve/key.js";
import { keyOf } from "../../resolve/observe.js";
import { type PlannedImage, plannedImage } from "../../resolve/plan.js";
import type { LoadedCatalogue } from "../catalogue/catalogue.js";
import { buildOrder, type DefinedImage } from "./build-order.js";
import type { CataloguePart } from "./part.js";
import { countOf, keyAt, keyWith, parentsOf, plannedAt, type Snapshot } from "./snapshot.js";

/**
 * Numbers for images: those of the snapshot, and further ones for images that it does not have. The sides of a plan share them.
 */
export class ImageNumbers {
  readonly #snapshot: Snapshot;
  readonly #more = new Map<ImageName, number>();

  constructor(snapshot: Snapshot) {
    this.#snapshot = snapshot;
  }

  of(name: ImageName): number {
    const added = this.#more.get(name);
    if (added !== undefined) return added;
    const known = this.#snapshot.names.indexOf(name);
    if (known >= 0) return known;
    const next = countOf(this.#snapshot) + this.#more.size;
    this.#more.set(name, next);
    return next;
  }
}

/** One side of a plan: a commit as its differences from the snapshot. */
export class Side {
  /** Images of the part, as they are in this commit. */
  readonly read = new Map<number, DesiredImage>();
  /** Images of the snapshot that this commit does not have. */
  readonly gone = new Set<number>();
  /** Keys that are not those of the snapshot. */
  readonly keys = new Map<number, BuildKey>();
  readonly #snapshot: Snapshot;
  readonly #loaded: LoadedCatalogue;
  readonly #numbers: ImageNumbers;
  /** Where the order is another than the snapshot's: by number, the image's place in it and its level. */
  #order:
    | { readonly images: readonly number[]; readonly places: Uint32Array; readonly levels: Uint32Array }
    | undefined;

  constructor(snapshot: Snapshot, part: CataloguePart, loaded: LoadedCatalogue, numbers: ImageNumbers) {
    this.#snapshot = snapshot;
    this.#loaded = loaded;
    this.#numbers = numbers;
    for (const [name, image] of loaded.desired.images) this.read.set(numbers.of(name), image);
    for (const member of part.members) if (!this.read.has(member)) this.gone.add(member);
    this.#arrange();
    this.#computeKeys();
  }

  get size(): number {
    const known = countOf(this.#snapshot);
    let added = 0;
    for (const image of this.read.keys()) if (image >= known) added++;
    return known - this.gone.size + added;
  }

  has(image: number): boolean {
    return this.read.has(image) || (image < countOf(this.#snapshot) && !this.gone.has(image));
  }

  key(image: number): BuildKey {
    return this.keys.get(image) ?? keyAt(this.#snapshot, image);
  }

  /** The image's place in the build order. */
  place(image: number): number {
    return this.#order === undefined ? image : (this.#order.places[image] as number);
  }

  planned(image: number): PlannedImage {
    const level = this.#order?.levels[image] ?? (this.#snapshot.columns.level[image] as number);
    const read = this.read.get(image);
    return read === undefined
      ? plannedAt(this.#snapshot, image, this.key(image), level)
      : plannedImage(read, this.key(image), level);
  }

  #parents(image: number): readonly number[] | Uint32Array {
    const read = this.read.get(image);
    return read === undefined
      ? parentsOf(this.#snapshot, image)
      : read.node.parents.map((name) => this.#numbers.of(name));
  }

  /** Finds the build order anew where an image came, went, moved to another file, or is built from others. */
  #arrange(): void {
    const known = countOf(this.#snapshot);
    const defined = this.#definitions();
    const isSame =
      this.gone.size === 0 &&
      defined.every(({ image, file, place }) => {
        if (image >= known || !this.#isAt(image, file, place)) return false;
        const [was, is] = [parentsOf(this.#snapshot, image), this.#parents(image)];
        return was.length === is.length && was.every((parent, index) => parent === is[index]);
      });
    if (isSame) return;
    const images = buildOrder(this.#snapshot, {
      defined,
      gone: this.gone,
      parents: (image) => this.#parents(image),
    });
    const most = images.reduce((high, image) => Math.max(high, image), 0);
    const [places, levels] = [new Uint32Array(most + 1), new Uint32Array(most + 1)];
    images.forEach((image, place) => {
      places[image] = place;
      for (const parent of this.#parents(image))
        levels[image] = Math.max(levels[image] as number, (levels[parent] as number) + 1);
    });
    this.#order = { images, places, levels };
  }

  #isAt(image: number, file: string, place: number): boolean {
    const { columns, files } = this.#snapshot;
    return columns.place[image] === place && files.at(columns.file[image] as number) === file;
  }

  /** The images that were read, with where they are defined. */
  #definitions(): readonly DefinedImage[] {
    const counts = new Map<string, number>();
    return [...this.#loaded.catalogue.images].map(([name, { source }]) => {
      const place = counts.get(source.file) ?? 0;
      counts.set(source.file, place + 1);
      return { image: this.#numbers.of(name), file: source.file, place };
    });
  }

  /** Parents come before children, so one pass carries a change to all that are built on it. */
  #computeKeys(): void {
    const count = countOf(this.#snapshot);
    const isRead = new Uint8Array(count);
    for (const image of this.read.keys()) if (image < count) isRead[image] = 1;
    const visit = (image: number) => {
      const key = this.#keyNow(image, isRead);
      if (key !== undefined && (image >= count || key !== keyAt(this.#snapshot, image))) this.keys.set(image, key);
    };
    if (this.#order === undefined) for (let image = 0; image < count; image++) visit(image);
    else for (const image of this.#order.images) visit(image);
  }

  /** undefined: it is that of the snapshot. */
  #keyNow(image: number, isRead: Uint8Array): BuildKey | undefined {
    if (image < isRead.length && isRead[image] === 0) {
      const { starts, images } = this.#snapshot.columns.parents;
      const end = starts[image + 1] as number;
      let isReached = false;
      for (let at = starts[image] as number; at < end; at++) isReached ||= this.keys.has(images[at] as number);
      if (!isReached) return undefined;
      return keyWith(
        this.#snapshot,
        image,
        parentsText([...parentsOf(this.#snapshot, image)].map((each) => this.key(each))),
      );
    }
    const parents = [...this.#parents(image)].map((each) => this.key(each));
    return keyOf(this.read.get(image) as DesiredImage, this.#loaded.desired, parents);
  }
}
