import * as packageForm from "../kinds/schema/forms/packages.js";
import { fits } from "./fits.js";

export interface PackageSpec {
  readonly name: string;
  readonly version: string | undefined;
  /** The part of the version's constraint that cannot be expressed here. */
  readonly lost?: string;
}

export type ManagerName = "apt" | "dnf" | "apk" | "pip" | "npm" | "gem";

export interface Manager {
  readonly name: ManagerName;
  /** The operating system that it implies, if an image does not name one. */
  readonly system?: string;
  /** The language whose packages it installs. */
  readonly language?: string;
}

const APT: Manager = { name: "apt", system: "debian" };
const DNF: Manager = { name: "dnf" };

/** Package managers by the program that is called. */
const MANAGERS: Readonly<Record<string, Manager>> = {
  apt: APT,
  "apt-get": APT,
  dnf: DNF,
  dnf5: DNF,
  microdnf: DNF,
  yum: DNF,
  tdnf: { name: "dnf", system: "photon" },
  apk: { name: "apk", system: "alpine" },
  pip: { name: "pip", language: "python3" },
  pip3: { name: "pip", language: "python3" },
  npm: { name: "npm", language: "nodejs" },
  gem: { name: "gem", language: "ruby" },
};

export const managerOf = (program: string): Manager | undefined =>
  Object.hasOwn(MANAGERS, program) ? MANAGERS[program] : undefined;

/** Name and version as each manager writes them. `lost`: a range, if only an exact version can be expressed. */
const FORMS: Readonly<Record<ManagerName, RegExp>> = {
  apt: /^(?<name>[^=/]+)(?:=(?<version>.+))?$/,
  // name-version-release[.arch]; anything else is a name.
  dnf: /^(?<name>.+?)(?:-(?<version>[0-9][^-]*-[0-9][^-]*?)(?:\.(?:x86_64|aarch64|noarch|i686))?)?$/,
  apk: /^(?<name>[^=<>~]+)(?:=(?<version>[^=].*)|(?<lost>[<>~]=?.*))?$/,
  pip: /^(?<name>[A-Za-z0-9][A-Za-z0-9._-]*(?:\[[A-Za-z0-9,._-]+\])?)(?:===?(?<version>[^,;\s]+)|(?<lost>[<>~!][^;]*))?$/,
  npm: /^(?<name>@?[^@]+)(?:@(?:(?<version>[0-9][^\s|]*)|(?<lost>.+)))?$/,
  gem: /^(?<name>[^:]+)(?::(?<version>.+))?$/,
};

/** Reads a word of an install command; undefined if it is not a plain package. */
export function readSpec(manager: ManagerName, word: string): PackageSpec | undefined {
  if (word.length > 512) return undefined;
  const { name, version, lost } = FORMS[manager].exec(word)?.groups ?? {};
  if (name === undefined || !fits(packageForm.PACKAGE_NAME, name) || /\.(?:deb|rpm|apk|whl|tgz|gz|gem)$/.test(word))
    return undefined;
  if (version !== undefined && !fits(packageForm.PACKAGE_VERSION, version))
    return { name, version: undefined, lost: word };
  return { name, version, ...(lost === undefined ? {} : { lost: word }) };
}
