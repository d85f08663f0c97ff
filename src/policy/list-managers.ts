import type { Catalogue } from "../model/catalogue.js";
import type { Diagnostic } from "../model/diagnostic.js";
import type { PackageSyntax } from "../model/package-syntax.js";

/** An approved list may name the package manager of a system that Slipway does not know, but not replace that of one it knows. */
export function listManagerProblems(
  { systemLists }: Catalogue,
  known: (os: string) => PackageSyntax | undefined,
): Diagnostic[] {
  return [...systemLists.values()].flatMap(({ scope, manager }): Diagnostic[] => {
    const own = known(scope)?.name;
    if (manager === undefined || own === undefined || own === manager.name) return [];
    return [
      {
        code: "known-manager",
        severity: "error",
        message: `the packages of ${scope} are installed by ${own}, not by ${manager.name}`,
        hint: "leave `manager` out",
        ...manager.source.at(manager.pointer),
      },
    ];
  });
}
