import type { Language } from "../model/language.js";
import { versionMatches } from "../model/package-syntax.js";
import type { RecipePackage } from "../model/recipe.js";
import { allManagers } from "./managers.js";
import type { PackageManager } from "./package-manager.js";

export interface InstalledCheck {
  readonly command: readonly string[];
  problems(stdout: string): readonly string[];
}

/** Checks what was installed against what is approved: a pattern, or several versions, leave the choice to the build. */
export function installedChecks(
  packages: readonly RecipePackage[],
  languages: readonly Language[] = [],
): InstalledCheck[] {
  return allManagers(languages).flatMap((manager) => {
    const open = packages.filter((entry) => entry.manager === manager.name && entry.approved.length > 0);
    if (open.length === 0) return [];
    return [{ command: manager.list, problems: (stdout: string) => problems(manager, open, stdout) }];
  });
}

function problems(manager: PackageManager, packages: readonly RecipePackage[], stdout: string): string[] {
  // Some languages have several versions of a package side by side: each of them has to be approved.
  const installed = new Map<string, string[]>();
  for (const { name, version } of manager.parseList(stdout)) {
    const key = manager.normalise(name);
    installed.set(key, [...(installed.get(key) ?? []), version]);
  }
  return packages.flatMap(({ name, approved, optional }) => {
    const versions = installed.get(manager.normalise(name));
    if (versions === undefined) return optional ? [] : [`${name} is not installed under that name`];
    return versions
      .filter((version) => !approved.some((pattern) => versionMatches(pattern, version, manager)))
      .map((version) => `${name} ${version} was installed, approved: ${approved.join(", ")}`);
  });
}
