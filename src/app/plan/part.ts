import { posix } from "node:path";
import { CATALOGUE_PATHS } from "../../load/git/tree.js";
import type { Changes } from "./changes.js";
import { childrenOf, countOf, definedIn, type Lists, listed, parentsOf, type Snapshot } from "./snapshot.js";

/** Where more than this share of a catalogue is reached, reading all of it is as fast. */
const MAX_SHARE = 0.5;

/** So many images are always read in part, if no others are reached. */
const FEW = 100;

/**
 * The part of a catalogue that is read: images of the snapshot with all their ancestors, which are needed to resolve them. An ancestor's file may define
 * more images (a matrix), and a file beside a path may decide what is a definition; these are members as well.
 */
export class CataloguePart {
  readonly #snapshot: Snapshot;
  readonly #changes: Changes;
  readonly #members = new Set<number>();
  readonly #byFile: Lists;
  #children: Lists | undefined;

  constructor(snapshot: Snapshot, changes: Changes) {
    this.#snapshot = snapshot;
    this.#changes = changes;
    this.#byFile = definedIn(snapshot);
    this.add(changes.images);
    this.addDescendants(changes.families);
  }

  /** Numbers of images in the snapshot. */
  get members(): ReadonlySet<number> {
    return this.#members;
  }

  has(image: number): boolean {
    return this.#members.has(image);
  }

  get isLarge(): boolean {
    return this.#members.size > FEW && this.#members.size > countOf(this.#snapshot) * MAX_SHARE;
  }

  /** Names whose entries of slipway.lock matter where only these images are read. */
  get lockfileNames(): Set<string> {
    return new Set([...[...this.#members].map((image) => this.#snapshot.names.at(image)), ...this.#changes.locked]);
  }

  add(images: Iterable<number>): void {
    const { columns, files } = this.#snapshot;
    const queue = [...images];
    for (let image = queue.pop(); image !== undefined; image = queue.pop()) {
      if (this.#members.has(image)) continue;
      this.#members.add(image);
      const file = columns.file[image] as number;
      queue.push(...parentsOf(this.#snapshot, image), ...listed(this.#byFile, file));
      for (const root of this.#rootsOf(image)) queue.push(...this.#definedAbove(root, files.at(file)));
    }
  }

  /** All images that are built on these. */
  addDescendants(images: Iterable<number>): void {
    this.#children ??= childrenOf(this.#snapshot);
    const found = new Set(images);
    // Iterating over a set includes what is added meanwhile.
    for (const image of found) for (const child of listed(this.#children, image)) found.add(child);
    this.add(found);
  }

  hasChildren(image: number): boolean {
    this.#children ??= childrenOf(this.#snapshot);
    return listed(this.#children, image).length > 0;
  }

  /** The paths to read of a tree. */
  get paths(): readonly string[] {
    const { columns, files } = this.#snapshot;
    const own = [...this.#members].flatMap((image) => [
      files.at(columns.file[image] as number),
      ...this.#rootsOf(image),
    ]);
    const everywhere = CATALOGUE_PATHS.filter((path) => path !== "images");
    return [...new Set([...everywhere, ...own, ...this.#changes.folders, ...this.#changes.paths])];
  }

  #roots: ReadonlyMap<number, readonly string[]> | undefined;

  #rootsOf(image: number): readonly string[] {
    this.#roots ??= this.#allRoots();
    return this.#roots.get(image) ?? [];
  }

  #allRoots(): ReadonlyMap<number, readonly string[]> {
    const { roots, rootUsers } = this.#snapshot;
    const byImage = new Map<number, string[]>();
    for (let root = 0; root < roots.length; root++) {
      const path = roots.at(root);
      for (const image of listed(rootUsers, root)) {
        const others = byImage.get(image);
        if (others === undefined) byImage.set(image, [path]);
        else others.push(path);
      }
    }
    return byImage;
  }

  /** The images whose definitions stand in folders above a path, outside of a definition's own folder: YAML below them is content. */
  #definedAbove(path: string, own: string): number[] {
    if (!path.startsWith("images/") || path.startsWith(`${posix.dirname(own)}/`)) return [];
    const { files } = this.#snapshot;
    const found: number[] = [];
    for (let folder = path; folder.includes("/"); folder = posix.dirname(folder)) {
      for (const file of files.startingWith(`${folder}/`))
        if (posix.dirname(files.at(file)) === folder) found.push(...listed(this.#byFile, file));
    }
    return found;
  }
}
