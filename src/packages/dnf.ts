import type { PackageManager } from "./package-manager.js";
import { normaliseRpmVersion, RPM_NAME, RPM_VERSION } from "./rpm.js";
import { rpmMachine } from "./rpm-machine.js";

/** dnf (4 and 5), and microdnf in images that have only that: both take the same words (dnf(8), SPECIFYING PACKAGES). */
export const dnf: PackageManager = {
  name: "dnf",
  kind: "system",
  scopes: ["fedora", "rocky", "almalinux", "centos", "rhel", "amazonlinux", "oraclelinux", "ubi"],
  namePattern: RPM_NAME,
  versionPattern: RPM_VERSION,
  normalise: (name) => name,
  normaliseVersion: normaliseRpmVersion,
  argument,
  machine: rpmMachine,
};

/**
 * Always with an epoch: without one dnf takes any. With its colon, which no name contains, the pattern in the version cannot match
 * another package's name either. A pattern that may also match the epoch is left to the check of the installed packages.
 */
function argument(name: string, version: string | undefined): string {
  if (version === undefined || version.startsWith("*")) return name;
  const form = normaliseRpmVersion(version);
  return `${name}-${/^[0-9]+:/.test(form) ? "" : "0:"}${form}`;
}
