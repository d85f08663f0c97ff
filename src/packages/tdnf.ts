import type { PackageManager } from "./package-manager.js";
import { normaliseRpmVersion, RPM_NAME, RPM_VERSION } from "./rpm.js";

/** tdnf of Photon OS (Photon's administration guide, "Managing Packages with tdnf"). */
export const tdnf: PackageManager = {
  name: "tdnf",
  kind: "system",
  scopes: ["photon"],
  namePattern: RPM_NAME,
  versionPattern: RPM_VERSION,
  normalise: (name) => name,
  normaliseVersion: normaliseRpmVersion,
  argument,
  // The files for both come with dnf.
  machine: () => ({ env: {}, files: [], directories: [] }),
};

/**
 * tdnf turns a pattern into names and then takes the newest of each, so it gets no pattern: the check of the installed packages
 * applies it. tdnf takes an exact version as written; without an epoch it means epoch 0, without a release any.
 */
function argument(name: string, version: string | undefined): string {
  if (version === undefined || version.includes("*")) return name;
  return `${name}-${version.replace(/^0+:/, "")}`;
}
