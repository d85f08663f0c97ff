import type { OwnedPackage, Why } from "../../model/inventory.js";

/** A property of a CycloneDX component: several may have one name. */
export type PropertyPair = readonly [name: string, value: string];

/** What the format has no field for, so that the document keeps everything about an image's contents. */
export function packageProperties(entry: OwnedPackage): PropertyPair[] {
  const { broughtBy, kind, ownedBy, place, provides, requires, source, system, why } = entry;
  const pairs: readonly (readonly [string, string | undefined])[] = [
    ["slipway:arch", entry.arch],
    ["slipway:broughtBy", broughtBy],
    ["slipway:kind", kind],
    ...(why.type === "needed" ? why.by.map((name) => ["slipway:neededBy", name] as const) : []),
    ["slipway:ownedBy", ownedBy],
    ["slipway:place", place],
    ...provides.map((name) => ["slipway:provides", name] as const),
    ...requires.map((names) => ["slipway:requires", alternatives(names)] as const),
    ["slipway:source", source?.name],
    ["slipway:sourceVersion", source?.version],
    ["slipway:system", system && "true"],
    ["slipway:why", why.type],
  ];
  return pairs.flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const]));
}

type Described = Omit<OwnedPackage, "type" | "name" | "version" | "license">;

/** The inverse of `packageProperties`; undefined: the component is not one of ours. */
export function readPackageProperties(all: ReadonlyMap<string, readonly string[]>): Described | undefined {
  const one = (name: string) => all.get(`slipway:${name}`)?.[0];
  const many = (name: string) => all.get(`slipway:${name}`) ?? [];
  const why = readWhy(one("why"), many("neededBy"));
  const [kind, broughtBy, place] = [one("kind"), one("broughtBy"), one("place")];
  if (why === undefined || place === undefined || broughtBy === undefined) return undefined;
  if (kind !== "system" && kind !== "runtime") return undefined;
  const [arch, ownedBy, source] = [one("arch"), one("ownedBy"), one("source")];
  return {
    kind,
    why,
    place,
    broughtBy: broughtBy as OwnedPackage["broughtBy"],
    ...(arch === undefined ? {} : { arch }),
    ...(source === undefined ? {} : { source: { name: source, version: one("sourceVersion") ?? "" } }),
    requires: many("requires").map(readAlternatives),
    provides: many("provides"),
    ...(one("system") === "true" ? { system: true } : {}),
    ...(ownedBy === undefined ? {} : { ownedBy }),
  };
}

function readWhy(type: string | undefined, by: readonly string[]): Why | undefined {
  switch (type) {
    case "needed":
      return { type, by };
    case "asked":
    case "system":
    case "locked":
    case "unasked":
      return { type };
    default:
      return undefined;
  }
}

/** Nearly always one name, which is written as it is; names in RPM may contain any character that could separate several. */
function alternatives(names: readonly string[]): string {
  const [only = "", ...more] = names;
  return names.length === 0 || more.length > 0 || only.startsWith("[") ? JSON.stringify(names) : only;
}

function readAlternatives(text: string): readonly string[] {
  if (!text.startsWith("[")) return [text];
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) ? value.filter((name) => typeof name === "string") : [];
  } catch {
    return [];
  }
}
