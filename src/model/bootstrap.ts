import type { AptBootstrap, Bootstrap, DnfBootstrap } from "./definition.js";

/**
 * The command that makes a root file system, for people to read. It is part of the Containerfile, so a change to it
 * changes keys.
 */
export function bootstrapCommand(spec: Bootstrap): string {
  const words = spec.manager === "apt" ? ["mmdebstrap", ...bootstrapArguments(spec), "rootfs.tar"] : dnfWords(spec);
  return words.join(" ");
}

/** The arguments for mmdebstrap(1), without target and mirrors. */
export function bootstrapArguments({ suite, variant, packages }: AptBootstrap): string[] {
  const include = packages.length === 0 ? [] : [`--include=${[...packages].sort().join(",")}`];
  // Device nodes are the runtime's to make, and rootless builds cannot: without them root gets the same archive as any user.
  return [`--variant=${variant}`, "--skip=output/dev", ...include, suite];
}

function dnfWords({ repositories, releasever, packages }: DnfBootstrap): string[] {
  const sources = repositories.flatMap(({ name, url, gpgkey }) => [
    `--repofrompath=${name},${url}`,
    ...(gpgkey === undefined ? [] : [`--setopt=${name}.gpgkey=${gpgkey}`]),
  ]);
  return ["dnf", "--installroot=rootfs", `--releasever=${releasever}`, ...sources, "install", ...[...packages].sort()];
}

/** What enters a build key. */
export function bootstrapInputs(spec: Bootstrap): readonly unknown[] {
  const packages = [...spec.packages].sort();
  if (spec.manager === "apt") return [spec.suite, spec.variant, packages];
  const repositories = spec.repositories.map(({ name, url, gpgkey }) => [name, url, gpgkey ?? null]);
  return ["dnf", spec.releasever, repositories, packages];
}
