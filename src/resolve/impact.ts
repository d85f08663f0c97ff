import type { Graph } from "../model/graph.js";
import type { ImageContents, OwnedPackage, PackageType } from "../model/inventory.js";
import type { ImageName } from "../model/names.js";
import { normalName } from "../model/package-types.js";
import { originOf, type PackageOrigin } from "./package-origin.js";
import { startingPoint } from "./starting-point.js";
import type { VersionRange } from "./version-range.js";

/** The images that a package, an advisory or a base reaches. */
export interface Impact {
  readonly images: readonly ImpactImage[];
  /** Images that are neither built nor in the lockfile: only what they have from others is known. */
  readonly unknown: readonly ImageName[];
}

export interface ImpactImage {
  readonly image: ImageName;
  readonly packages: readonly ImpactPackage[];
  /** All images that are built from it, each once, in the order of their tree. */
  readonly derived: readonly DerivedImage[];
}

export interface ImpactPackage {
  readonly package: OwnedPackage;
  readonly origin: PackageOrigin;
  /** The version that fixes it, where the subject is an advisory. */
  readonly fixedIn?: string | undefined;
}

export interface DerivedImage {
  readonly image: ImageName;
  /** The images between the two, topmost first. */
  readonly via: readonly ImageName[];
  /** `copies`: a stage or an artifact takes something of it. */
  readonly how: "derives" | "copies";
}

/** The packages of images through which they are reached. */
export type PackagesByImage = ReadonlyMap<
  ImageName,
  readonly { readonly package: OwnedPackage; readonly fixedIn?: string | undefined }[]
>;

/** Every image that has one of these packages. */
export function packageImpact(
  affected: PackagesByImage,
  contents: ReadonlyMap<ImageName, ImageContents>,
  graph: Graph,
): Impact {
  const images = [...graph.nodes.keys()].flatMap((image): ImpactImage[] => {
    const known = contents.get(image);
    const packages = affected.get(image) ?? [];
    if (known === undefined || packages.length === 0) return [];
    const withOrigin = packages.map((each) => ({ ...each, origin: originOf(each.package, known, graph) }));
    return [{ image, packages: withOrigin, derived: derivedOf(image, graph) }];
  });
  const unknown = [...graph.nodes.keys()].filter((image) => (contents.get(image)?.from ?? "unknown") === "unknown");
  return { images, unknown };
}

/** Selects packages of this name, or made from this source, in a version of the range. */
export function packagesNamed(
  name: string,
  range: VersionRange | undefined,
  compare: (type: PackageType, a: string, b: string) => number,
): (found: OwnedPackage) => boolean {
  return ({ type, name: own, version, source }) => {
    if (normalName(type, own) === normalName(type, name)) return range?.holds(type, version, compare) ?? true;
    return source?.name === name && (range?.holds(type, source.version, compare) ?? true);
  };
}

export function derivedOf(start: ImageName, graph: Graph): readonly DerivedImage[] {
  const derived = new Map<ImageName, DerivedImage>();
  const below = new Map<ImageName, ImageName[]>();
  const spread = (from: readonly ImageName[], isTaken: (how: DerivedImage["how"]) => boolean) => {
    const queue = [...from];
    for (let image = queue.shift(); image !== undefined; image = queue.shift()) {
      const above = derived.get(image);
      const via = above === undefined ? [] : [...above.via, image];
      for (const child of childrenOf(image, graph)) {
        if (!isTaken(child.how) || derived.has(child.image)) continue;
        derived.set(child.image, { image: child.image, via, how: above?.how === "copies" ? "copies" : child.how });
        below.set(image, [...(below.get(image) ?? []), child.image]);
        queue.push(child.image);
      }
    }
  };
  // An image that both derives and copies has everything, however long the way.
  spread([start], (how) => how === "derives");
  spread([start, ...derived.keys()], () => true);
  const walk = (image: ImageName): DerivedImage[] =>
    (below.get(image) ?? []).flatMap((child) => [derived.get(child) as DerivedImage, ...walk(child)]);
  return walk(start);
}

function childrenOf(image: ImageName, graph: Graph) {
  const children = [...(graph.nodes.get(image)?.children ?? [])].sort();
  return children.map((child) => {
    const node = graph.nodes.get(child);
    const base = node && startingPoint(node).base;
    const derives = base?.type === "image" && base.image === image;
    return { image: child, how: derives ? ("derives" as const) : ("copies" as const) };
  });
}

/** The images that start from an external base. */
export function imagesOnBase(ref: string, graph: Graph): readonly ImageName[] {
  return [...graph.nodes.values()].flatMap(({ name, stages }) =>
    stages.some(({ base }) => base.type === "external" && base.base.ref === ref) ? [name] : [],
  );
}
