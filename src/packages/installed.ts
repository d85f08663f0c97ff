import type { InstalledCheck } from "../model/installed-check.js";
import type { Inventory } from "../model/inventory.js";
import type { Language } from "../model/language.js";
import { versionMatches } from "../model/package-syntax.js";
import { TYPE_OF_MANAGER } from "../model/package-types.js";
import type { ApprovedPackage } from "../model/recipe.js";
import { allManagers } from "./managers.js";
import type { InstalledPackage, PackageManager } from "./package-manager.js";

export interface InstalledProblem {
  /** As the image requests it. */
  readonly name: string;
  readonly message: string;
  readonly hint: string;
}

/**
 * Checks the installed packages against the approved versions, because a pattern or several versions leave the choice to the build.
 * These are the managers that have to be asked in the image: Go's cache contains more than the image uses, and it is not known how
 * a catalogue's own languages keep their packages.
 */
export function installedChecks(
  packages: readonly ApprovedPackage[],
  languages: readonly Language[] = [],
): InstalledCheck[] {
  return allManagers(languages).flatMap((manager) => {
    const { list, parseList } = manager;
    const open = openPackages(packages, manager);
    if (open.length === 0 || list === undefined || parseList === undefined) return [];
    const messagesOf = (stdout: string) => problems(manager, open, parseList(stdout)).map(({ message }) => message);
    return [{ command: list, problems: messagesOf }];
  });
}

/** The same, for all managers whose packages an inventory lists. */
export function inventoryProblems(packages: readonly ApprovedPackage[], inventory: Inventory): InstalledProblem[] {
  return allManagers([]).flatMap((manager) => {
    const open = openPackages(packages, manager);
    if (open.length === 0 || manager.list !== undefined) return [];
    const type = TYPE_OF_MANAGER[manager.name];
    const listed = inventory.packages.filter((entry) => entry.type === type && isDirect(entry.place));
    return problems(manager, open, listed);
  });
}

const openPackages = (packages: readonly ApprovedPackage[], { name }: PackageManager) =>
  packages.filter(({ manager, approved, stage }) => manager === name && approved.length > 0 && stage === undefined);

/** Whether a package is neither inside another Node.js package nor a gem that is part of Ruby. */
const isDirect = (place: string) => !/\/node_modules\/.*\/node_modules\/|\/specifications\/default\//.test(place);

function problems(
  manager: PackageManager,
  packages: readonly ApprovedPackage[],
  listed: readonly InstalledPackage[],
): InstalledProblem[] {
  // Some languages keep several versions of a package side by side: each has to be approved.
  const installed = new Map<string, Set<string>>();
  for (const { name, version } of listed) {
    const key = manager.normalise(name);
    installed.set(key, (installed.get(key) ?? new Set()).add(version));
  }
  return packages.flatMap(({ name, approved, optional }) => {
    const versions = installed.get(manager.normalise(name));
    if (versions === undefined) {
      const message = `${name} is not installed under that name`;
      return optional ? [] : [{ name, message, hint: `write the name that ${manager.name} lists it by` }];
    }
    return [...versions]
      .filter((version) => !approved.some((pattern) => versionMatches(pattern, version, manager)))
      .map((version) => ({
        name,
        message: `${name} ${version} was installed, approved: ${approved.join(", ")}`,
        hint: `an administrator can approve \`${version}\`, or the image requests an approved version`,
      }));
  });
}
