import { type Manager, managerOf, type PackageSpec, readSpec } from "./package-specs.js";

/** What a command installs, if it does nothing else. */
export interface InstallCommand {
  readonly manager: Manager;
  readonly packages: readonly PackageSpec[];
  /** Files that name packages (`pip install -r`). */
  readonly manifests: readonly string[];
  /** It would install more than the named packages. */
  readonly recommends: boolean;
}

/** Options that do not change what is installed. */
const HARMLESS: Readonly<Record<string, RegExp>> = {
  apt: /^(?:-[yqf]+|-q=2|--yes|--assume-yes|--quiet|--no-install-recommends|--no-install-suggests|--fix-missing)$/,
  dnf: /^(?:-[yq]+|--assumeyes|--quiet|--best|--refresh|--nodocs|--setopt=.*|--disableplugin=.*)$/,
  apk: /^(?:-[qU]+|--no-cache|--update|--update-cache|--quiet|--no-progress)$/,
  pip: /^(?:-[Uq]+|--upgrade|--quiet|--no-cache-dir|--no-input|--no-color|--disable-pip-version-check|--break-system-packages|--root-user-action=ignore|--progress-bar=off)$/,
  npm: /^(?:-g|--global|--location=global|--no-audit|--no-fund|--no-progress|--silent|--quiet|--unsafe-perm)$/,
  gem: /^(?:-N|--no-document|--no-ri|--no-rdoc|--quiet)$/,
};

const VERBS: Readonly<Record<string, RegExp>> = {
  apt: /^install$/,
  dnf: /^install$/,
  apk: /^add$/,
  pip: /^install$/,
  npm: /^(?:install|i|add)$/,
  gem: /^install$/,
};

/** Reads the words of a command that installs packages; undefined if it does anything else. */
export function readInstall(words: readonly string[]): InstallCommand | undefined {
  const [program = "", ...args] = withoutPrefix(words);
  const manager = managerOf(program.replace(/^\/usr(?:\/local)?\/bin\//, ""));
  if (manager === undefined) return undefined;
  const { name } = manager;
  const verb = args.findIndex((arg) => !arg.startsWith("-"));
  if (!VERBS[name]?.test(args[verb] ?? "")) return undefined;
  const rest = args.filter((_, index) => index !== verb);
  const manifests: string[] = [];
  const packages: PackageSpec[] = [];
  for (let at = 0; at < rest.length; at++) {
    const word = rest[at] ?? "";
    const value = rest[at + 1];
    if (name === "pip" && (word === "-r" || word === "--requirement") && value !== undefined) {
      manifests.push(value);
      at++;
    } else if (name === "gem" && (word === "-v" || word === "--version") && value !== undefined) {
      const last = packages.pop();
      const spec = last === undefined ? undefined : readSpec("gem", `${last.name}:${value}`);
      if (spec === undefined) return undefined;
      packages.push(spec);
      at++;
    } else if (word.startsWith("-")) {
      if (!HARMLESS[name]?.test(word)) return undefined;
    } else {
      const spec = readSpec(name, word);
      if (spec === undefined || word.includes("/") !== (name === "npm" && word.startsWith("@"))) return undefined;
      packages.push(spec);
    }
  }
  const isGlobal = name !== "npm" || rest.some((word) => /^(?:-g|--global|--location=global)$/.test(word));
  if (!isGlobal || packages.length + manifests.length === 0) return undefined;
  return { manager, packages, manifests, recommends: name === "apt" && !rest.includes("--no-install-recommends") };
}

/** `DEBIAN_FRONTEND=… apt-get` and `python3 -m pip` are the same as the program alone. */
function withoutPrefix(words: readonly string[]): readonly string[] {
  const rest = words.slice(words.findIndex((word) => !/^(?:DEBIAN_FRONTEND|PIP_[A-Z_]+|LC_ALL|LANG)=/.test(word)));
  const isModule = /^python(?:3(?:\.[0-9]+)?)?$/.test(rest[0] ?? "") && rest[1] === "-m" && rest[2] === "pip";
  return isModule ? rest.slice(2) : rest;
}

const CACHES =
  /^(?:\/var\/lib\/apt\/lists(?:\/\*)?|\/var\/cache\/(?:apt|yum|dnf|tdnf|apk|debconf)(?:\/\S*)?|(?:\/root|~)\/\.(?:cache\/pip|npm)(?:\/\S*)?)$/;

/** Commands that only do housekeeping for a package manager, which installing packages does anyway. */
export function isHousekeeping(text: string): boolean {
  const command = text.replace(/^DEBIAN_FRONTEND=\S+ /, "");
  if (/^apt(?:-get)?(?: -[a-z]+)* (?:update|clean|autoclean)(?: -[a-z-]+)*$/.test(command)) return true;
  if (/^(?:microdnf|dnf5?|yum|tdnf)(?: -[a-z]+)* (?:clean all|makecache)(?: -[a-z]+)*$/.test(command)) return true;
  if (/^apk(?: --?[a-z-]+)* update$/.test(command) || /^npm cache clean(?: --force| -f)?$/.test(command)) return true;
  const [program, option = "", ...paths] = command.split(" ");
  return program === "rm" && /^-[rf]+$/.test(option) && paths.length > 0 && paths.every((path) => CACHES.test(path));
}

/** Whether a command uses a package manager in some other way. */
export const usesManager = (command: string): boolean =>
  /(?:^|[\s;&|(])(?:apt|apt-get|apt-key|add-apt-repository|dpkg|dnf5?|microdnf|yum|tdnf|rpm|apk)(?:\s|$)/.test(command);

/** Whether a text installs packages somewhere. */
export const installsPackages = (text: string): boolean =>
  /(?:^|[\s;&|(])(?:(?:apt|apt-get|dnf5?|microdnf|yum|tdnf|pip3?|gem)\s+(?:-\S+\s+)*install|apk\s+(?:-\S+\s+)*add|npm\s+(?:install|i)\s+(?:-g|--global))\s/.test(
    text,
  );
