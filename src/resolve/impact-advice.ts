import type { Catalogue, ListedPackage } from "../model/catalogue.js";
import { lineOf } from "../model/diagnostic.js";
import type { Graph } from "../model/graph.js";
import type { ImageName } from "../model/names.js";
import { normalName } from "../model/package-types.js";
import type { ImpactImage, ImpactPackage } from "./impact.js";
import { startingPoint } from "./starting-point.js";

/** What to change so that images lose these packages or get another version of them; one line each, without repetition. */
export function impactAdvice(images: readonly ImpactImage[], { catalogue, graph }: Surroundings): readonly string[] {
  const affected = images.flatMap(({ packages }) => packages);
  const lines = affected.flatMap((each) => [...versionAdvice(each), ...placeAdvice(each, { catalogue, graph })]);
  return [...new Set([...lines, ...lockAdvice(affected, catalogue), ...rebuildAdvice(affected, catalogue)])];
}

interface Surroundings {
  readonly catalogue: Catalogue;
  readonly graph: Graph;
}

function versionAdvice({ package: { name }, fixedIn }: ImpactPackage): string[] {
  return fixedIn === undefined ? [] : [`${name}: ${fixedIn} is the first version that fixes it`];
}

/** The lines of the catalogue that name the version or the package. */
function placeAdvice({ package: found, origin }: ImpactPackage, { catalogue, graph }: Surroundings): string[] {
  const node = graph.nodes.get(origin.image);
  if (node === undefined) return [];
  if (origin.why === "base") {
    const { base } = startingPoint(node);
    if (base.type !== "external") return [];
    const { ref, source, pointer } = base.base;
    return [`${lineOf(source.at(pointer))}: ${ref} has ${found.name}; \`slipway update\` looks for a newer digest`];
  }
  if (origin.why === "unasked")
    return [`${lineOf(origin.at())}: \`setup\` or an artifact of ${origin.image} brings ${found.name}`];
  const first = origin.chain[0] ?? found;
  const pinned = [first, found].flatMap((each) => {
    const scope = each.kind === "system" ? node.os : node.language;
    const list = (each.kind === "system" ? catalogue.systemLists : catalogue.runtimeLists).get(scope ?? "");
    const entry = list && entryOf([...list.packages.values()], each.type, each.name);
    if (entry === undefined || entry.versions.length === 0) return [];
    return [`${lineOf(entry.source.at(entry.pointer))}: approves ${entry.name} ${entry.versions.join(", ")}`];
  });
  const requests = node.stages.flatMap(({ bodies }) =>
    bodies.flatMap((body) => {
      const requested = first.kind === "system" ? body.systemPackages : body.runtimePackages;
      return requested.flatMap(({ name, version, pointer }) => {
        if (version === undefined || normalName(first.type, name) !== normalName(first.type, first.name)) return [];
        return [`${lineOf(body.source.at(pointer))}: ${origin.image} asks for ${name} ${version}`];
      });
    }),
  );
  return [...pinned, ...requests];
}

const entryOf = (entries: readonly ListedPackage[], type: ImpactPackage["package"]["type"], name: string) =>
  entries.find((entry) => normalName(type, entry.name) === normalName(type, name));

function lockAdvice(found: readonly ImpactPackage[], { lock }: Catalogue): string[] {
  const names = found.flatMap(({ package: { name }, origin }) =>
    lock?.find(origin.image) !== undefined && isOwn(origin.why) ? [name] : [],
  );
  return names.length === 0
    ? []
    : [`\`slipway lock --update ${[...new Set(names)].sort().join(" ")}\` takes the newest that is approved`];
}

/** Advice for images that are not locked: nothing in the catalogue changes, so nothing would be rebuilt. */
function rebuildAdvice(found: readonly ImpactPackage[], { lock }: Catalogue): string[] {
  const images = found.flatMap(({ origin }): ImageName[] =>
    lock?.find(origin.image) === undefined && isOwn(origin.why) ? [origin.image] : [],
  );
  const names = [...new Set(images)].sort();
  if (names.length === 0) return [];
  return [`rebuild ${names.join(", ")}: another \`rebuild.nonce\` takes what the package manager offers now`];
}

const isOwn = (why: ImpactPackage["origin"]["why"]) => why !== "base" && why !== "unasked";
