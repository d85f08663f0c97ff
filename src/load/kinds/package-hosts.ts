import { type PackageHost, parsePackageHost } from "../../model/package-hosts.js";

/** The hosts that an administrator's file names; the schema has accepted each. */
export const readPackageHosts = (texts: readonly string[]): readonly PackageHost[] =>
  texts.flatMap((text) => parsePackageHost(text) ?? []);
