/** The names and versions of rpm (rpm-version(7)), which dnf, microdnf and tdnf share. */

/** dnf would take a name that ends in `.rpm` for a file. */
export const RPM_NAME = /^(?!.*\.rpm$)[A-Za-z0-9](?:[A-Za-z0-9+._-]*[A-Za-z0-9+_])?$/;

/** `[epoch:]version[-release]`: neither version nor release contains a `-`. `~` sorts before, `^` after what it follows. */
export const RPM_VERSION =
  /^(?!.*\.rpm$)(?:[0-9]+:)?[A-Za-z0-9*][A-Za-z0-9._+~^*]*(?:-[A-Za-z0-9*][A-Za-z0-9._+~^*]*)?$/;

/**
 * One form for all spellings: for rpm no epoch equals epoch 0, and a version without a release means every release. So `9.6.4`
 * approves `9.6.4-1` and `9.6.4-2.ph5`; `9.6.4-1` approves only itself; neither approves `1:9.6.4-1`.
 */
export function normaliseRpmVersion(version: string): string {
  const plain = version.replace(/^0+:/, "");
  return plain.includes("-") ? plain : `${plain}-*`;
}
