import { type Diagnostic, errorAt } from "../model/diagnostic.js";
import type { Stage } from "../model/graph.js";
import type { Managers, PackageSyntax } from "../model/package-syntax.js";
import type { ApprovedPackage } from "../model/recipe.js";

/**
 * Finds packages of a build stage whose version is left to the package manager. In an image the installed versions are checked
 * against the approved ones; a build stage is gone by then, so the call itself has to name an approved version.
 */
export function openVersions(stage: Stage, packages: readonly ApprovedPackage[], managers: Managers): Diagnostic[] {
  if (stage.name === undefined) return [];
  return packages.flatMap((entry) => {
    const { kind, name, approved, constraint, version } = entry;
    const syntax = managers.find(kind, kind === "system" ? stage.os : stage.language);
    const isOpen = constraint === undefined ? isUnbound(entry, syntax) : version === undefined;
    if (approved.length === 0 || !isOpen) return [];
    const { at, key } = placeOf(stage, entry, syntax?.normalise ?? ((text) => text));
    const message = `the version of ${name} in a build stage is left to ${entry.manager}, and nothing checks it afterwards`;
    const hint = `${key === "runtime-manifest" ? "write an exact version there, or bring a lock file" : "write a version"}; approved: ${approved.join(", ")}`;
    return [errorAt(at, "stage-version", message, hint)];
  });
}

/** Whether the manager's own words for a package leave its version open: not every pattern can be expressed. */
const isUnbound = ({ name, version }: ApprovedPackage, syntax: PackageSyntax | undefined) =>
  syntax !== undefined && syntax.argument(name, version) === syntax.argument(name, undefined);

/** The place where a stage requests a package: in a list of its own or of its modules, else in its package manifest. */
function placeOf({ bodies }: Stage, { kind, name }: ApprovedPackage, normalise: (name: string) => string) {
  for (const body of bodies) {
    const requests = kind === "system" ? body.systemPackages : body.runtimePackages;
    const request = requests.find((candidate) => normalise(candidate.name) === normalise(name));
    if (request !== undefined) return { at: body.source.at(request.pointer), key: "packages" };
  }
  const body = bodies.find(({ runtimeManifest }) => runtimeManifest !== undefined) ?? bodies[0];
  return { at: body.source.at(body.runtimeManifest?.pointer ?? body.pointer), key: "runtime-manifest" };
}
