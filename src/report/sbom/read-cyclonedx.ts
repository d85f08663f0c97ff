import type { ImageContents, OwnedPackage, PackageType } from "../../model/inventory.js";
import type { Digest, ImageName } from "../../model/names.js";
import { readPackageProperties } from "./package-properties.js";

export interface ReadSbom {
  readonly contents: ImageContents;
  /** The manifest digest of the image that the document describes. */
  readonly digest?: Digest;
}

type Json = Readonly<Record<string, unknown>>;

const TYPES: readonly string[] = [
  "deb",
  "rpm",
  "apk",
  "pypi",
  "npm",
  "gem",
  "golang",
  "maven",
  "nuget",
] satisfies PackageType[];

/** Reads a complete document that `cycloneDx` wrote; undefined: somebody else wrote it, or it is damaged. */
export function readCycloneDx(bytes: Uint8Array): ReadSbom | undefined {
  const value = parse(bytes);
  if (!isRecord(value) || value.bomFormat !== "CycloneDX" || !isRecord(value.metadata)) return undefined;
  const image = value.metadata.component;
  if (!isRecord(image) || image.type !== "container" || typeof image.name !== "string") return undefined;
  const from = propertiesOf(image).get("slipway:from")?.[0];
  if ((from !== "image" && from !== "lock") || !Array.isArray(value.components)) return undefined;
  const components = value.components.filter(isRecord);
  const os = components.find(({ type }) => type === "operating-system");
  const packages = components.filter((component) => component !== os).map(readPackage);
  if (components.length !== value.components.length || !packages.every((entry) => entry !== undefined))
    return undefined;
  const version = textOr(image.version, "");
  return {
    contents: {
      image: image.name as ImageName,
      from,
      ...(os && typeof os.name === "string" ? { os: { id: os.name, version: textOr(os.version, "") } } : {}),
      packages,
    },
    ...(/^sha256:[0-9a-f]{64}$/.test(version) ? { digest: version as Digest } : {}),
  };
}

function readPackage(component: Json): OwnedPackage | undefined {
  const properties = propertiesOf(component);
  const described = readPackageProperties(properties);
  const type = /^pkg:([a-z]+)\//.exec(textOr(component.purl, ""))?.[1] ?? properties.get("slipway:type")?.[0] ?? "";
  if (described === undefined || typeof component.name !== "string" || !TYPES.includes(type)) return undefined;
  const group = typeof component.group === "string" ? `${component.group}${type === "maven" ? ":" : "/"}` : "";
  const license = properties.get("slipway:license")?.[0] ?? licenseOf(component.licenses);
  return {
    type: type as PackageType,
    name: group + component.name,
    version: textOr(component.version, ""),
    ...(license === undefined ? {} : { license }),
    ...described,
  };
}

function licenseOf(licenses: unknown): string | undefined {
  const [first] = Array.isArray(licenses) ? licenses : [];
  if (!isRecord(first)) return undefined;
  const license = isRecord(first.license) ? first.license : {};
  return [first.expression, license.id, license.name].find((text) => typeof text === "string");
}

function propertiesOf({ properties }: Json): ReadonlyMap<string, readonly string[]> {
  const all = new Map<string, string[]>();
  for (const property of Array.isArray(properties) ? properties : []) {
    if (!isRecord(property) || typeof property.name !== "string") continue;
    const before = all.get(property.name) ?? [];
    before.push(textOr(property.value, ""));
    all.set(property.name, before);
  }
  return all;
}

function parse(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(bytes).toString("utf8"));
  } catch {
    return undefined;
  }
}

const textOr = (value: unknown, otherwise: string) => (typeof value === "string" ? value : otherwise);
const isRecord = (value: unknown): value is Json =>
  typeof value === "object" && value !== null && !Array.isArray(value);
