import type { Exception } from "../model/exceptions.js";
import { normalName } from "../model/package-types.js";
import type { Finding } from "../model/vulnerability.js";

/**
 * The exception that accepts a finding. An exception of the image that brought the package also holds for all images that derive
 * from it, which have the same file. `exceptions`: those that hold today.
 */
export function waiverOf(finding: Finding, exceptions: readonly Exception[], broughtBy: string): Exception | undefined {
  const { id, aliases, image } = finding;
  const names = [id, ...aliases].map((name) => name.toLowerCase());
  return exceptions.find(
    (exception) =>
      exception.rule === "vulnerability" &&
      (exception.image === image || exception.image === broughtBy) &&
      names.includes(exception.advisory?.toLowerCase() ?? "") &&
      isMeant(exception.package, finding),
  );
}

function isMeant(name: string | undefined, { package: { type, name: own, source } }: Finding): boolean {
  if (name === undefined) return true;
  return normalName(type, name) === normalName(type, own) || name === source?.name;
}
