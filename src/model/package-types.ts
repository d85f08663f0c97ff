import type { PackageType } from "./inventory.js";

/** What the packages of Slipway's own managers are in an inventory; a language of a catalogue's own has none. */
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

/** The form in which two spellings of a name are equal, as the purl specification has it. */
export function normalName(type: PackageType, name: string): string {
  if (type === "pypi") return name.toLowerCase().replace(/[-_.]+/g, "-");
  return type === "nuget" ? name.toLowerCase() : name;
}
