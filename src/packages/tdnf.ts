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
  // dnf brings what there is for both.
  machine: () => ({ env: {}, files: [], directories: [] }),
};

/**
 * tdnf turns a pattern into names and then takes the newest of each, so a pattern stays at home: the check of what was installed
 * knows it. An exact version it takes as it stands, where no epoch means epoch 0 and no release any.
 */
function argument(name: string, version: string | undefined): string {
  if (version === undefined || version.includes("*")) return name;
  return `${name}-${version.replace(/^0+:/, "")}`;
}
