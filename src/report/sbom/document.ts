import { createHash } from "node:crypto";
import type { AttributedFile } from "../../model/attribution.js";
import type { ImageContents, OwnedPackage } from "../../model/inventory.js";
import type { Digest, Platform } from "../../model/names.js";

/** What a document says about an image: its identity and its contents, but not when or where the document was written. */
export interface SbomInput {
  readonly contents: ImageContents;
  /** The manifest digest; omitted: the image is not built, and slipway.lock says what it will contain. */
  readonly digest?: Digest;
  readonly platform?: Platform;
  /** The sha256 of the file of a package, if slipway.lock has it: 64 hex digits. */
  readonly sha256Of?: (entry: OwnedPackage) => string | undefined;
  /** What a container sees, sorted by path; left out: files are not listed. */
  readonly files?: readonly SbomFile[];
  /** The SPDX expression for the licence in a package's own words. */
  readonly spdxText?: (words: string) => string | undefined;
}

export interface SbomFile {
  /** The image of the chain that brought it. */
  readonly image: string;
  readonly file: AttributedFile;
}

/** The index of the package that a file is of; -1: of none. */
export function packageOfFile({ origin }: AttributedFile, packages: readonly OwnedPackage[]): number {
  if (origin.type !== "package") return -1;
  return packages.findIndex(({ name, version }) => name === origin.name && version === origin.version);
}

/** A file's origin in one word, and what exactly it is. */
export function originWords({ origin, copied }: AttributedFile): readonly (readonly [name: string, value: string])[] {
  const what = {
    package: () => (origin.type === "package" ? `${origin.manager} ${origin.name} ${origin.version}` : undefined),
    "package-script": () => undefined,
    artifact: () => (origin.type === "artifact" ? origin.from : undefined),
    setup: () => (origin.type === "setup" ? origin.stage : undefined),
    base: () => (origin.type === "base" ? origin.image : undefined),
  }[origin.type]();
  return [
    ["slipway:origin", origin.type],
    ...(what === undefined ? [] : [["slipway:originOf", what] as const]),
    ...(copied === undefined ? [] : [["slipway:copiedFrom", `${copied.from} ${copied.path}`] as const]),
  ];
}

/** A UUID (RFC 9562, version 8) of the image and its contents. */
export function documentId({ contents, digest = "" as Digest, files }: SbomInput): string {
  const hex = createHash("sha256")
    .update(JSON.stringify(files === undefined ? [digest, contents] : [digest, contents, files]))
    .digest("hex");
  const variant = ((Number.parseInt(hex.slice(16, 17), 16) & 3) | 8).toString(16);
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `8${hex.slice(13, 16)}`,
    `${variant}${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ].join("-");
}

/** For each package, the indexes of the packages that it needs, in order. */
export function dependenciesOf(packages: readonly OwnedPackage[]): readonly (readonly number[])[] {
  const known = new Map<string, number[]>();
  const add = (key: string, index: number) => known.set(key, [...(known.get(key) ?? []), index]);
  for (const [index, { type, name, provides }] of packages.entries()) {
    for (const called of new Set([name, ...provides])) add(`${type} ${called}`, index);
  }
  const needs = packages.map(({ type, requires }) => {
    const indexes = requires.flat().flatMap((name) => known.get(`${type} ${name}`) ?? []);
    return new Set(indexes);
  });
  // A lockfile has this relation in the other direction.
  for (const [index, { type, why }] of packages.entries()) {
    for (const name of why.type === "needed" ? why.by : []) {
      for (const by of known.get(`${type} ${name}`) ?? []) needs[by]?.add(index);
    }
  }
  return needs.map((found, index) => [...found].filter((other) => other !== index).sort((a, b) => a - b));
}

/** Whether a package is in the image for its own sake. */
export const isRootPackage = ({ why }: OwnedPackage) => why.type !== "needed";
