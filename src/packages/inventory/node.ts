import type { InventoryPackage } from "../../model/inventory.js";
import { type ImageFiles, PACKAGE_LIMIT, plainly, textOf } from "./image-files.js";

/** Packages in directories of Node.js, each by its package.json, but for those that are part of a system package. */
export function readNode(files: ImageFiles, isOwned: (path: string) => boolean): InventoryPackage[] {
  const own = nodeFiles(files).filter((path) => !isOwned(path));
  return own.map((path) => {
    const place = path.slice(0, -"/package.json".length);
    const { name, version, license, licenses, ...rest } = parse(files.read(path, PACKAGE_LIMIT));
    const shown = licenseOf(license ?? licenses);
    return {
      type: "npm",
      // By its directory is how Node.js finds it, whatever else it says of itself.
      name: textOf(name) ?? (/(?:@[^/]+\/)?[^/]+$/.exec(place)?.[0] as string),
      version: textOf(version) ?? "",
      ...(shown === undefined ? {} : { license: shown }),
      place,
      requires: plainly(
        [rest.dependencies, rest.optionalDependencies, rest.peerDependencies].flatMap((each) =>
          typeof each === "object" && each !== null ? Object.keys(each) : [],
        ),
      ),
      provides: [],
    };
  });
}

export const nodeFiles = ({ paths }: ImageFiles) => paths.filter((path) => path.endsWith("/package.json"));

/** What is no JSON object says nothing. */
function parse(text = ""): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text.replace(/^\uFEFF/, ""));
    return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : {};
  } catch {
    return {};
  }
}

/** An expression, or the forms of long ago: `{type, url}` and a list of these. */
function licenseOf(value: unknown): string | undefined {
  const each = (one: unknown) =>
    textOf(typeof one === "object" && one !== null && "type" in one ? (one as { type: unknown }).type : one);
  if (!Array.isArray(value)) return each(value);
  const names = value.slice(0, 20).flatMap((one) => each(one) ?? []);
  return names.length < 2 ? names[0] : `(${names.join(" OR ")})`;
}
