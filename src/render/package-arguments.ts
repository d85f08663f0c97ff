import type { Stage } from "../model/graph.js";
import type { Managers } from "../model/package-syntax.js";
import type { ApprovedPackage, RecipePackage } from "../model/recipe.js";

/** The approved packages of a stage, each with the words by which its install step asks the package manager for it. */
export function withArguments(
  packages: readonly ApprovedPackage[],
  { os, language }: Pick<Stage, "os" | "language">,
  managers: Managers,
): RecipePackage[] {
  return packages.map((entry) => {
    const { kind, name, version } = entry;
    const syntax = managers.find(kind, kind === "system" ? os : language);
    if (syntax === undefined) throw new Error(`no package manager of the stage installs ${name}`);
    return { ...entry, argument: syntax.argument(name, version) };
  });
}
