/** What dnf, microdnf and tdnf have in common: the names and versions of rpm (rpm-version(7)). */

/** A name at whose end stands `.rpm` would be a file for dnf. */
export const RPM_NAME = /^(?!.*\.rpm$)[A-Za-z0-9](?:[A-Za-z0-9+._-]*[A-Za-z0-9+_])?$/;

/** `[epoch:]version[-release]`: neither version nor release holds a `-`. `~` sorts before, `^` after what it follows. */
export const RPM_VERSION =
  /^(?!.*\.rpm$)(?:[0-9]+:)?[A-Za-z0-9*][A-Za-z0-9._+~^*]*(?:-[A-Za-z0-9*][A-Za-z0-9._+~^*]*)?$/;

/**
 * One form for all spellings: rpm knows no difference between no epoch and epoch 0, and a version without a release means
 * every release of it. So `9.6.4` approves `9.6.4-1` and `9.6.4-2.ph5`, `9.6.4-1` only that, and neither `1:9.6.4-1`.
 */
export function normaliseRpmVersion(version: string): string {
  const plain = version.replace(/^0+:/, "");
  return plain.includes("-") ? plain : `${plain}-*`;
}
