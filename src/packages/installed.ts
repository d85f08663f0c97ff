import { versionMatches } from "../model/package-syntax.js";
import type { RecipePackage } from "../model/recipe.js";
import { MANAGERS } from "./managers.js";
import type { PackageManager } from "./package-manager.js";

export interface InstalledCheck {
  readonly command: readonly string[];
  problems(stdout: string): readonly string[];
}

/** Checks what was installed against what is approved: a pattern, or several versions, leave the choice to the build. */
export function installedChecks(packages: readonly RecipePackage[]): InstalledCheck[] {
  return MANAGERS.flatMap((manager) => {
    const open = packages.filter((entry) => entry.manager === manager.name && entry.approved.length > 0);
    if (open.length === 0) return [];
    return [{ command: manager.list, problems: (stdout: string) => problems(manager, open, stdout) }];
  });
}

function problems(manager: PackageManager, packages: readonly RecipePackage[], stdout: string): string[] {
  const installed = new Map(manager.parseList(stdout).map(({ name, version }) => [manager.normalise(name), version]));
  return packages.flatMap(({ name, approved }) => {
    const version = installed.get(manager.normalise(name));
    if (version === undefined) return [`${name} is not installed under that name`];
    if (approved.some((pattern) => versionMatches(pattern, version, manager))) return [];
    return [`${name} ${version} was installed, approved: ${approved.join(", ")}`];
  });
}
