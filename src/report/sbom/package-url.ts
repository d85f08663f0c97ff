import { PackageURL } from "packageurl-js";
import type { ImageContents, OwnedPackage } from "../../model/inventory.js";
import type { Digest, ImageName, Platform } from "../../model/names.js";

type Os = ImageContents["os"];

/** The package URL (purl specification, purl-types); undefined: the type does not allow the name. */
export function packageUrl({ type, name, version, arch }: OwnedPackage, os: Os): string | undefined {
  const { namespace, name: last } = split(type, name, os);
  const [, epoch, rest = version] = (type === "rpm" && /^([0-9]+):(.*)$/s.exec(version)) || [];
  const isSystem = type === "deb" || type === "rpm" || type === "apk";
  const qualifiers = {
    ...(arch === undefined ? {} : { arch }),
    ...(os === undefined || !isSystem ? {} : { distro: os.version === "" ? os.id : `${os.id}-${os.version}` }),
    ...(epoch === undefined ? {} : { epoch }),
  };
  return url([type, namespace, last, rest, qualifiers]);
}

/** The package URL of the image itself: its version is its manifest digest, as purl-types says. */
export function imageUrl(name: ImageName, digest: Digest | undefined, platform: Platform | undefined) {
  const arch = platform?.split("/")[1];
  return url(["oci", undefined, name, digest, arch === undefined ? {} : { arch }]);
}

/** Splits a name into its namespace and the rest. */
export function split(type: string, name: string, os?: Os): { readonly namespace?: string; readonly name: string } {
  if (type === "deb" || type === "rpm" || type === "apk")
    return os === undefined ? { name } : { namespace: os.id, name };
  const at = type === "maven" ? name.indexOf(":") : name.lastIndexOf("/");
  if (!["npm", "golang", "maven"].includes(type) || at < 1 || at === name.length - 1) return { name };
  return { namespace: name.slice(0, at), name: name.slice(at + 1) };
}

function url([type, namespace, name, version, qualifiers]: [
  string,
  string | undefined,
  string,
  string | undefined,
  Record<string, string>,
]): string | undefined {
  try {
    const present = Object.keys(qualifiers).length > 0 ? qualifiers : undefined;
    return new PackageURL(type, namespace, name, version || undefined, present, undefined).toString();
  } catch {
    return undefined;
  }
}
