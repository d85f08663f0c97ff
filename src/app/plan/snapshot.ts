import type { Isolation } from "../../model/build-environment.js";
import type { Diagnostic } from "../../model/diagnostic.js";
import type { BuildKey, ImageName, Platform } from "../../model/names.js";
import type { PlannedImage } from "../../resolve/plan.js";
import { hashFrom, STATE_BYTES } from "../../system/sha256.js";
import type { TextTable } from "../../system/text-table.js";

/** What is said once for all images. */
export interface SnapshotHead {
  readonly commit: string;
  /** The first day (`YYYY-MM-DD`) for which it holds, and the first one for which it does not: exceptions end, and bases age. */
  readonly from: string;
  readonly until?: string;
  /** Those of the catalogue, by place. */
  readonly warnings: readonly Diagnostic[];
  /** Names of images that others give as their replacement. */
  readonly replacements: readonly string[];
  readonly isolation: Isolation;
  /** Values that many images have in common. */
  readonly versions: readonly string[];
  readonly platforms: readonly string[];
  readonly tags: readonly (readonly string[])[];
  /** The text of a key behind the parents. */
  readonly afters: readonly string[];
}

/** For each of some keys a list of images: those of key `k` are `images[starts[k]]` to `images[starts[k + 1] - 1]`. */
export interface Lists {
  readonly starts: Uint32Array;
  readonly images: Uint32Array;
}

/** Bytes of an inherited digest. */
export const INHERITED_BYTES = 16;
export const KEY_BYTES = 32;

/** One entry per image, in build order. */
export interface Columns {
  /** Indexes in the head's lists. */
  readonly version: Uint32Array;
  readonly platform: Uint32Array;
  readonly tags: Uint32Array;
  readonly after: Uint32Array;
  readonly level: Uint32Array;
  /** The definition's file, and the image's place among those of that file (a matrix). */
  readonly file: Uint32Array;
  readonly place: Uint32Array;
  /** All images that it is built from, in the order of its node. */
  readonly parents: Lists;
  /** 1: the first of these is the image that it derives from. */
  readonly derives: Uint8Array;
  /** The stand-in key, KEY_BYTES each. */
  readonly key: Uint8Array;
  readonly tests: Uint8Array;
  /** inherited-digest.ts; zeros for an image on which none is built. */
  readonly inherited: Uint8Array;
  /** The state of the key's hash before the parents (system/sha256.ts), STATE_BYTES each. */
  readonly state: Uint8Array;
}

/**
 * The memory of a whole, sound catalogue: what a later plan between two commits needs of the images that no change touches. In columns,
 * because fifty thousand objects would cost more than the plan.
 */
export interface Snapshot {
  readonly head: SnapshotHead;
  readonly columns: Columns;
  readonly names: TextTable;
  /** The definitions' files, in the order in which they are read. */
  readonly files: TextTable;
  /** Other paths whose change reaches images: artifacts, modules, package manifests' folders. */
  readonly roots: TextTable;
  readonly rootUsers: Lists;
  /** Packages of approved lists as packageId gives them. */
  readonly packages: TextTable;
  readonly packageUsers: Lists;
}

export const countOf = ({ names }: Snapshot) => names.length;

export const listed = ({ starts, images }: Lists, key: number): Uint32Array =>
  images.subarray(starts[key] as number, starts[key + 1] as number);

export const parentsOf = ({ columns }: Snapshot, image: number) => listed(columns.parents, image);

const hex = (bytes: Uint8Array, index: number, length: number) =>
  Buffer.from(bytes.buffer, bytes.byteOffset + index * length, length).toString("hex");

export const keyAt = ({ columns }: Snapshot, image: number) => hex(columns.key, image, KEY_BYTES) as BuildKey;

export const inheritedAt = ({ columns }: Snapshot, image: number) => hex(columns.inherited, image, INHERITED_BYTES);

/** The key of an image whose parents alone have changed. `parents`: the text of their keys (resolve/key.ts). */
export function keyWith({ columns, head }: Snapshot, image: number, parents: string): BuildKey {
  const more = Buffer.from(parents + head.afters[columns.after[image] as number]);
  return hashFrom(columns.state, image * STATE_BYTES, more) as BuildKey;
}

/** An image as a plan sees it, without its definition. */
export function plannedAt(snapshot: Snapshot, image: number, key: BuildKey, level: number): PlannedImage {
  const { columns, head, names } = snapshot;
  const parents = [...parentsOf(snapshot, image)].map((parent) => names.at(parent) as ImageName);
  return {
    name: names.at(image) as ImageName,
    version: head.versions[columns.version[image] as number] as string,
    platform: head.platforms[columns.platform[image] as number] as Platform,
    level,
    parent: columns.derives[image] === 1 ? parents[0] : undefined,
    parents,
    key,
    tags: head.tags[columns.tags[image] as number] as readonly string[],
    testsDigest: hex(columns.tests, image, KEY_BYTES),
  };
}

/** For each image those that are built on it. */
export function childrenOf(snapshot: Snapshot): Lists {
  const { starts, images: parents } = snapshot.columns.parents;
  const children = new Uint32Array(parents.length);
  for (let image = 0; image < starts.length - 1; image++)
    children.fill(image, starts[image] as number, starts[image + 1] as number);
  return grouped(parents, children, countOf(snapshot));
}

/** For each file of definitions the images that it defines. */
export function definedIn({ columns, files }: Snapshot): Lists {
  return grouped(
    columns.file,
    columns.file.map((_, image) => image),
    files.length,
  );
}

/** Values by their keys, which are smaller than `count`. */
function grouped(keys: Uint32Array, values: Uint32Array, count: number): Lists {
  const starts = new Uint32Array(count + 1);
  for (const key of keys) starts[key + 1] = (starts[key + 1] as number) + 1;
  for (let key = 0; key < count; key++) starts[key + 1] = (starts[key + 1] as number) + (starts[key] as number);
  const next = starts.slice();
  const images = new Uint32Array(values.length);
  keys.forEach((key, index) => {
    const at = next[key] as number;
    images[at] = values[index] as number;
    next[key] = at + 1;
  });
  return { starts, images };
}
