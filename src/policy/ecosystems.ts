import type { Inventory, PackageType } from "../model/inventory.js";

/** OSV's names of the ecosystems of languages. */
const OF_LANGUAGES: Readonly<Partial<Record<PackageType, string>>> = {
  pypi: "PyPI",
  npm: "npm",
  gem: "RubyGems",
  golang: "Go",
  maven: "Maven",
  nuget: "NuGet",
};

/** OSV's names of distributions, by `ID` of os-release(5). */
const OF_SYSTEMS: Readonly<Record<string, string>> = {
  debian: "Debian",
  ubuntu: "Ubuntu",
  alpine: "Alpine",
  photon: "Photon OS",
  rocky: "Rocky Linux",
  almalinux: "AlmaLinux",
  rhel: "Red Hat",
  mageia: "Mageia",
  openeuler: "openEuler",
  azurelinux: "Azure Linux",
  wolfi: "Wolfi",
  chainguard: "Chainguard",
};

/** The ecosystem without the release (`Debian`), as OSV's mirrors name their folders; undefined: OSV has none. */
export function ecosystemOf(type: PackageType, os: Inventory["os"]): string | undefined {
  return OF_LANGUAGES[type] ?? (os && OF_SYSTEMS[os.id]);
}

/** An ecosystem without its release: `Debian` of `Debian:12`. */
export const baseOf = (ecosystem: string) => ecosystem.split(":", 1)[0] ?? ecosystem;

/** Whether an ecosystem (`Debian:12`, `Alpine:v3.20`, `PyPI`) is that of packages of this type in this system. */
export function isOfEcosystem(ecosystem: string, type: PackageType, os: Inventory["os"]): boolean {
  const base = ecosystemOf(type, os);
  if (base === undefined || baseOf(ecosystem) !== base) return false;
  // The name of a language's ecosystem is followed by the address of a repository at most.
  if (OF_LANGUAGES[type] !== undefined || ecosystem === base || os === undefined) return true;
  const release = ecosystem.slice(base.length + 1);
  const [major = "", minor] = os.version.split(".");
  const known = [os.version, major, `v${major}.${minor}`, `${major}.${minor}`, `${os.version}:LTS`];
  // Red Hat names parts of its product by CPE.
  return known.includes(release) || (base === "Red Hat" && /^[a-z_]+:([0-9]+)/.exec(release)?.[1] === major);
}
