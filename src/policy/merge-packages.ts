import type { Body, RequestedPackage } from "../model/definition.js";
import { type Diagnostic, errorAt } from "../model/diagnostic.js";
import type { PackageSyntax } from "../model/package-syntax.js";
import type { ApprovedPackage } from "../model/recipe.js";

/** The packages that one body requests of one package manager, after approval. */
export interface RequestedOfBody {
  readonly body: Body;
  readonly requests: readonly RequestedPackage[];
  readonly packages: readonly ApprovedPackage[];
}

/**
 * Merges the packages that the bodies of a stage request. Several may request the same package; an exact version then decides, and
 * two different exact versions are an error.
 */
export function mergePackages(
  asked: readonly RequestedOfBody[],
  syntax: PackageSyntax,
): { readonly packages: readonly ApprovedPackage[]; readonly diagnostics: readonly Diagnostic[] } {
  const [first] = asked;
  if (asked.length < 2) return { packages: first?.packages ?? [], diagnostics: [] };
  const diagnostics: Diagnostic[] = [];
  const merged = new Map<string, { readonly entry: ApprovedPackage; readonly body: Body }>();
  for (const { body, requests, packages } of asked) {
    for (const entry of packages) {
      const name = syntax.normalise(entry.name);
      const before = merged.get(name);
      if (before === undefined || (!isExact(before.entry) && isExact(entry))) merged.set(name, { entry, body });
      else if (isExact(entry) && entry.version !== before.entry.version) {
        const pointer = requests.find((request) => syntax.normalise(request.name) === name)?.pointer ?? body.pointer;
        const message = `${entry.name} ${entry.version} is requested here, and ${before.entry.version} in ${before.body.source.file}`;
        diagnostics.push(
          errorAt(
            body.source.at(pointer),
            "package-conflict",
            message,
            "an image can have one version of a package only",
          ),
        );
      }
    }
  }
  return { packages: [...merged.values()].map(({ entry }) => entry), diagnostics };
}

const isExact = ({ version }: ApprovedPackage) => version !== undefined && !version.includes("*");
