import type { LockedPackage, LockManager } from "../model/lock.js";

/**
 * How a package manager fetches the files of a lockfile from its usual sources into a directory: all at once, and if that fails
 * one by one, so that exactly those that no longer exist are missing. A manager that cannot reach its sources says so by its exit
 * code.
 */
interface Fetching {
  /** Shell text. Its arguments are the manager's own words for the packages; the files go to the working directory. */
  readonly script: string;
  argument(entry: LockedPackage): string;
  /** Whether a file may be that of a package, by its name. */
  isNamed(entry: LockedPackage, file: string): boolean;
}

const ONE_BY_ONE = 'fetch "$@" >&2 || for each in "$@"; do fetch "$each" >&2 || true; done';

const FETCHING: Readonly<Record<LockManager, Fetching>> = {
  apt: {
    script: `apt-get -q -o APT::Update::Error-Mode=any update >&2
fetch() { apt-get -q -o APT::Sandbox::User=root download "$@"; }
${ONE_BY_ONE}`,
    argument: ({ name, version, arch }) =>
      `${name}${arch === undefined || arch === "all" ? "" : `:${arch}`}=${version}`,
    // File names have %3a for the colon of an epoch.
    isNamed: ({ name, version }, file) => decode(file).startsWith(`${name}_${version}_`),
  },
  dnf: {
    script: `if [ -e /usr/bin/dnf ]; then name=dnf; else name=microdnf; fi
fetch() { "$name" -y --setopt=install_weak_deps=0 --setopt=destdir="$PWD" --downloadonly install "$@"; }
${ONE_BY_ONE}`,
    // Without an epoch dnf would take any.
    argument: ({ name, version, arch }) =>
      `${name}-${/^[0-9]+:/.test(version) ? "" : "0:"}${version}${arch === undefined ? "" : `.${arch}`}`,
    isNamed: ({ name, version }, file) => file.startsWith(`${name}-${version.replace(/^[0-9]+:/, "")}`),
  },
  pip: {
    script: `fetch() { python3 -m pip download --disable-pip-version-check --no-deps --only-binary :all: "$@"; }
${ONE_BY_ONE}`,
    argument: ({ name, version }) => `${name}==${version}`,
    isNamed: ({ name, version }, file) => {
      const [project = "", release = ""] = file.split("-");
      return normalise(project) === normalise(name) && normalise(release) === normalise(version);
    },
  },
  npm: {
    // `--silent`: otherwise npm prints what it packed.
    script: `fetch() { npm pack --silent "$@"; }
${ONE_BY_ONE}`,
    argument: ({ name, version }) => `${name}@${version}`,
    isNamed: ({ name, version }, file) => file === `${name.replace(/^@/, "").replace("/", "-")}-${version}.tgz`,
  },
};

/** The command that fetches packages, to be run where the manager is, with its settings. */
export function fetchCommand(manager: LockManager, directory: string, packages: readonly LockedPackage[]): string[] {
  const text = `set -eu\ncd "$1"\nshift\n${FETCHING[manager].script}\n`;
  return ["/bin/sh", "-c", text, "sh", directory, ...fetchSpecs(manager, packages)];
}

/** The manager's own words for packages of exactly these versions. */
export const fetchSpecs = (manager: LockManager, packages: readonly LockedPackage[]): string[] => [
  ...new Set(packages.map(FETCHING[manager].argument)),
];

/** The fetched file of a package, whatever its content; undefined: it did not come. */
export function fetchedFile(entry: LockedPackage, files: readonly string[]): string | undefined {
  return files.find((file) => FETCHING[entry.manager].isNamed(entry, file));
}

function decode(file: string): string {
  try {
    return decodeURIComponent(file);
  } catch {
    return file;
  }
}

/** The form of names in file names of wheels (PEP 427, "File name convention"). */
const normalise = (text: string) => text.toLowerCase().replace(/[-_.]+/g, "_");
