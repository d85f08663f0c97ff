import { type Diagnostic, errorAt } from "../model/diagnostic.js";
import type { Stage } from "../model/graph.js";
import type { Managers, PackageSyntax } from "../model/package-syntax.js";
import type { ApprovedPackage } from "../model/recipe.js";

/**
 * Packages of a build stage whose version the package manager would choose by itself. In an image what was installed is held
 * against the approved versions; a build stage is gone by then, so the call itself has to say what is approved.
 */
export function openVersions(stage: Stage, packages: readonly ApprovedPackage[], managers: Managers): Diagnostic[] {
  if (stage.name === undefined) return [];
  return packages.flatMap((entry) => {
    const { kind, name, approved, constraint, version } = entry;
    const syntax = managers.find(kind, kind === "system" ? stage.os : stage.language);
    const isOpen = constraint === undefined ? isUnbound(entry, syntax) : version === undefined;
    if (approved.length === 0 || !isOpen) return [];
    const { at, key } = placeOf(stage, entry, syntax?.normalise ?? ((text) => text));
    const message = `the version of ${name} in a build stage is left to ${entry.manager}, and nothing looks at it afterwards`;
    const hint = `${key === "runtime-manifest" ? "write an exact version there, or bring a lock file" : "write a version"}; approved: ${approved.join(", ")}`;
    return [errorAt(at, "stage-version", message, hint)];
  });
}

/** Whether the manager's own words for a package leave its version open: they do not have every pattern. */
const isUnbound = ({ name, version }: ApprovedPackage, syntax: PackageSyntax | undefined) =>
  syntax !== undefined && syntax.argument(name, version) === syntax.argument(name, undefined);

/** Where a stage asks for a package: in a list of it or of its modules, else in its manifest. */
function placeOf({ bodies }: Stage, { kind, name }: ApprovedPackage, normalise: (name: string) => string) {
  for (const body of bodies) {
    const requests = kind === "system" ? body.systemPackages : body.runtimePackages;
    const request = requests.find((candidate) => normalise(candidate.name) === normalise(name));
    if (request !== undefined) return { at: body.source.at(request.pointer), key: "packages" };
  }
  const body = bodies.find(({ runtimeManifest }) => runtimeManifest !== undefined) ?? bodies[0];
  return { at: body.source.at(body.runtimeManifest?.pointer ?? body.pointer), key: "runtime-manifest" };
}
