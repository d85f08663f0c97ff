import type { PackageType } from "./inventory.js";

/** The inventory type of the packages of Slipway's own managers; a catalogue's own language has none. */
export const TYPE_OF_MANAGER: Readonly<Record<string, PackageType>> = {
  apt: "deb",
  dnf: "rpm",
  tdnf: "rpm",
  apk: "apk",
  pip: "pypi",
  npm: "npm",
  gem: "gem",
  go: "golang",
  maven: "maven",
  psresource: "nuget",
};

const SYSTEM_TYPES: readonly PackageType[] = ["deb", "rpm", "apk"];

export const kindOf = (type: PackageType) => (SYSTEM_TYPES.includes(type) ? "system" : "runtime");

/** Brings two spellings of a name into the same form, as the purl specification has it. */
export function normalName(type: PackageType, name: string): string {
  if (type === "pypi") return name.toLowerCase().replace(/[-_.]+/g, "-");
  return type === "nuget" ? name.toLowerCase() : name;
}
