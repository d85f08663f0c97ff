import type { Body } from "../model/definition.js";
import type { Place } from "../model/diagnostic.js";
import type { Graph, ImageNode } from "../model/graph.js";
import { EXTERNAL, type ImageContents, type OwnedPackage } from "../model/inventory.js";
import type { ImageName } from "../model/names.js";
import { normalName } from "../model/package-types.js";
import { startingPoint } from "./starting-point.js";

/** How a package got into an image. */
export interface PackageOrigin {
  /** The image that brought it; for packages of an external base, the image that starts from that base. */
  readonly image: ImageName;
  /** From the requested package, through those that need one another, to the package itself. */
  readonly chain: readonly OwnedPackage[];
  /** How the first of the chain got there. */
  readonly why: OwnedPackage["why"]["type"] | "base";
  /** The line of a definition that brought it. */
  readonly at: () => Place;
}

export function originOf(found: OwnedPackage, contents: ImageContents, graph: Graph): PackageOrigin {
  const chain = chainTo(found, contents);
  const first = chain[0] ?? found;
  const why = whyOf(first);
  const image = why === "base" ? rootImage(contents.image, graph) : (first.broughtBy as ImageName);
  const node = graph.nodes.get(image);
  return { image, chain, why, at: () => (node ? placeOf(first, node, why) : { file: "images", line: 1, column: 1 }) };
}

/** How a package of an image got there. */
export const whyOf = ({ broughtBy, why }: OwnedPackage): PackageOrigin["why"] =>
  broughtBy === EXTERNAL ? "base" : why.type;

/** The shortest way from a package that nothing needs or that is requested. */
function chainTo(found: OwnedPackage, contents: ImageContents): readonly OwnedPackage[] {
  const byName = namesOf(contents);
  const seen = new Set([found]);
  const ways: OwnedPackage[][] = [[found]];
  for (let way = ways.shift(); way !== undefined; way = ways.shift()) {
    const [first = found] = way;
    if (first.why.type !== "needed") return way;
    for (const name of first.why.by) {
      const next = byName.get(keyOf(first.type, name)) ?? byName.get(name);
      if (next === undefined || seen.has(next)) continue;
      seen.add(next);
      ways.push([next, ...way]);
    }
  }
  return [found];
}

const indexes = new WeakMap<ImageContents, ReadonlyMap<string, OwnedPackage>>();

/** Built once for each image, because any of its packages may be looked up. */
function namesOf(contents: ImageContents): ReadonlyMap<string, OwnedPackage> {
  const known = indexes.get(contents);
  if (known) return known;
  const index = new Map<string, OwnedPackage>();
  for (const each of contents.packages) index.set(each.name, each).set(keyOf(each.type, each.name), each);
  indexes.set(contents, index);
  return index;
}

const keyOf = (type: OwnedPackage["type"], name: string) => `${type} ${normalName(type, name)}`;

/** The image of the catalogue at the beginning of a chain. */
export function rootImage(image: ImageName, graph: Graph): ImageName {
  const node = graph.nodes.get(image);
  const base = node && startingPoint(node).base;
  return base?.type === "image" ? rootImage(base.image, graph) : image;
}

function placeOf(found: OwnedPackage, node: ImageNode, why: PackageOrigin["why"]): Place {
  const { definition, stages } = node;
  const own = startingPoint(node).stages;
  const bodies = stages.filter(({ name }) => own.has(name)).flatMap((stage) => stage.bodies);
  if (why !== "unasked" && why !== "base")
    for (const body of bodies) {
      const pointer = pointerOf(found, body);
      if (pointer !== undefined) return body.source.at(pointer);
    }
  const { origin, source, pointer } = definition;
  if (why === "base") return source.at(`${pointer}/from`);
  if (why === "unasked") return source.at(`${pointer}/setup`, "key");
  if (origin.type !== "bootstrap") return source.at(`${pointer}/name`);
  const index = origin.bootstrap.packages.indexOf(found.name);
  return source.at(index < 0 ? `${pointer}/bootstrap` : `${pointer}/bootstrap/packages/${index}`);
}

function pointerOf({ kind, type, name }: OwnedPackage, body: Body): string | undefined {
  const requests = kind === "system" ? body.systemPackages : body.runtimePackages;
  const wanted = normalName(type, name);
  // A pip extra (`requests[security]`) is no part of the name.
  const match = requests.find((request) => normalName(type, request.name.replace(/\[.*/, "")) === wanted);
  return match?.pointer ?? (kind === "runtime" ? body.runtimeManifest?.pointer : undefined);
}
